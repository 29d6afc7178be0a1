// The payment widgets: a list of methods and a list of terms in the shop's own
// page. Served as the second half of /v2/standard.
(() => {
  "use strict";

  const { methods, failure, checkObject, checkAmount, start } = window.__tossSandbox;
  window.__tossSandbox.createWidgets = createWidgets;

  function createWidgets(clientKey, customerKey) {
    let amount = null;
    let methodList = null;
    let terms = null;

    function place(options, onlyVariant) {
      if (amount === null) throw failure("NOT_SETUP_AMOUNT");
      if ((options?.variantKey ?? onlyVariant) !== onlyVariant) {
        throw failure("INVALID_VARIANT_KEY");
      }
      const element =
        typeof options?.selector === "string" ? document.querySelector(options.selector) : null;
      if (element === null) throw failure("INVALID_SELECTOR");
      return element;
    }

    return {
      async setAmount(next) {
        checkAmount(next);
        amount = { currency: next.currency, value: next.value };
      },
      async renderPaymentMethods(options) {
        const element = place(options, "DEFAULT");
        if (methodList !== null) throw failure("PAYMENT_METHODS_WIDGET_ALREADY_RENDERED");
        methodList = createMethodList(element, () => (methodList = null));
        return methodList.widget;
      },
      async renderAgreement(options) {
        const element = place(options, "AGREEMENT");
        if (terms !== null) throw failure("AGREEMENT_WIDGET_ALREADY_RENDERED");
        terms = createTerms(element, () => (terms = null));
        return terms.widget;
      },
      async requestPayment(request) {
        checkObject(request);
        if (amount === null) throw failure("NOT_SETUP_AMOUNT");
        const method = methodList?.selected();
        if (method === undefined) throw failure("NOT_SELECTED_PAYMENT_METHOD");
        if (terms !== null && !terms.agreed()) {
          throw failure("NEED_AGREEMENT_WITH_REQUIRED_TERMS");
        }
        const whole = { ...request, clientKey, customerKey, method, amount };
        return start(whole, { paymentType: "NORMAL" });
      },
      renderPaymentWindow: refuseWindow,
      requestPaymentWindow: refuseWindow,
    };
  }

  async function refuseWindow() {
    throw failure(
      "NOT_SUPPORTED_METHOD",
      "토스 샌드박스에는 위젯의 결제창이 없습니다. requestPayment()를 써주세요.",
    );
  }

  function createMethodList(element, onDestroy) {
    const listeners = [];
    const box = document.createElement("fieldset");
    const legend = document.createElement("legend");
    legend.textContent = "결제 방법";
    box.append(legend);
    const offered = ["CARD", "VIRTUAL_ACCOUNT", "TRANSFER", "MOBILE_PHONE"];
    const inputs = offered.map((method, index) => {
      const input = addChoice(box, "radio", methods[method]);
      input.name = "toss-sandbox-method";
      input.value = method;
      input.checked = index === 0;
      input.addEventListener("change", () => {
        for (const listener of listeners) listener({ code: method });
      });
      return input;
    });
    element.append(box);
    const selected = () => inputs.find((input) => input.checked)?.value;
    return {
      selected,
      widget: {
        on: (name, listener) => listen(listeners, name === "paymentMethodSelect", listener),
        getSelectedPaymentMethod: async () => ({ code: selected() }),
        async destroy() {
          box.remove();
          onDestroy();
        },
      },
    };
  }

  function createTerms(element, onDestroy) {
    const listeners = [];
    const box = document.createElement("div");
    const input = addChoice(box, "checkbox", "[필수] 결제 서비스 이용약관 동의");
    input.checked = true;
    input.addEventListener("change", () => {
      const agreements = [{ agreed: input.checked, required: true }];
      for (const listener of listeners) {
        listener({ agreedRequiredTerms: input.checked, agreements });
      }
    });
    element.append(box);
    return {
      agreed: () => input.checked,
      widget: {
        on: (name, listener) => listen(listeners, name === "agreementStatusChange", listener),
        async destroy() {
          box.remove();
          onDestroy();
        },
      },
    };
  }

  function addChoice(box, type, text) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    input.type = type;
    Object.assign(label.style, {
      display: "flex",
      alignItems: "center",
      gap: "8px",
      minHeight: "44px",
    });
    label.append(input, text);
    box.append(label);
    return input;
  }

  function listen(listeners, isKnown, listener) {
    if (!isKnown || typeof listener !== "function") throw failure("INVALID_PARAMETER");
    listeners.push(listener);
  }
})();
