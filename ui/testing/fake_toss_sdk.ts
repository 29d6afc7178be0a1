/**
 * The part of Toss's SDK that the pages use: a window with four buttons, with the same redirects and errors, and the
 * widget. The Toss sandbox has the full SDK; this one needs no server.
 */
export const fakeTossSdk = `
{
  const openWindow = (clientKey, customerKey, request) => new Promise((_, reject) => {
    window.fakeTossRequests = [...(window.fakeTossRequests ?? []), { clientKey, customerKey, ...request }];
    const dialog = document.createElement("dialog");
    dialog.id = "toss-window";
    const finish = (base, parameters) => {
      const url = new URL(base);
      for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
      location.assign(url.href);
    };
    const add = (label, act) => {
      const button = document.createElement("button");
      button.textContent = label;
      button.addEventListener("click", () => { dialog.remove(); act(); });
      dialog.append(button);
    };
    const { orderId, amount, successUrl, failUrl } = request;
    add("approve", () => finish(successUrl, {
      paymentType: "NORMAL", orderId, paymentKey: "tviva" + crypto.randomUUID(), amount: String(amount.value),
    }));
    add("decline", () => finish(failUrl, {
      code: "REJECT_CARD_COMPANY", message: "한도를 초과했습니다.", orderId,
    }));
    add("cancel", () => finish(failUrl, {
      code: "PAY_PROCESS_CANCELED", message: "사용자에 의해 결제가 취소되었습니다.",
    }));
    add("close", () => reject(Object.assign(new Error("취소되었습니다."), { code: "USER_CANCEL" })));
    document.body.append(dialog);
    dialog.showModal();
  });
  const refusal = (code, message) => Object.assign(new Error(message), { code });
  const addChoice = (selector, type, text) => {
    const place = document.querySelector(selector);
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type, name: "fake-toss", checked: type === "radio" });
    label.append(input, text);
    place.append(label);
    return input;
  };
  window.TossPayments = (clientKey) => ({
    payment: ({ customerKey }) => ({
      requestPayment: (request) => openWindow(clientKey, customerKey, request),
    }),
    widgets({ customerKey }) {
      let amount, terms;
      window.fakeTossAmounts = [];
      return {
        async setAmount(next) { window.fakeTossAmounts.push(next.value); amount = next; },
        async renderPaymentMethods({ selector }) {
          if (!amount) throw refusal("NOT_SETUP_AMOUNT", "");
          addChoice(selector, "radio", "카드");
        },
        async renderAgreement({ selector }) { terms = addChoice(selector, "checkbox", "필수 약관 동의"); },
        async requestPayment(request) {
          if (!terms.checked)
            throw refusal("NEED_AGREEMENT_WITH_REQUIRED_TERMS", "필수 약관에 동의해주세요.");
          return await openWindow(clientKey, customerKey, { ...request, amount });
        },
      };
    },
  });
}
`;
