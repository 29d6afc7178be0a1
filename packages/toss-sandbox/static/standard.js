// The stand-in for https://js.tosspayments.com/v2/standard: the same global,
// arguments, error codes and redirects, but the window is the sandbox's own.
// It sets styles by element.style only, so a page's CSP needs no 'unsafe-inline'.
// The CSP must list the sandbox in script-src, connect-src and frame-src.
(() => {
  "use strict";

  const sandbox = new URL(document.currentScript.src).origin;
  const anonymous = "@@ANONYMOUS";

  const messages = {
    BELOW_ZERO_AMOUNT: "금액은 0보다 커야 합니다.",
    INCORRECT_FAIL_URL_FORMAT: "잘못된 failUrl 입니다.",
    INCORRECT_SUCCESS_URL_FORMAT: "잘못된 successUrl 입니다.",
    INSECURE_KEY_USAGE:
      "시크릿 키는 브라우저에서 사용할 수 없습니다. 클라이언트 키를 사용해주세요.",
    INVALID_AMOUNT_CURRENCY: "잘못된 통화 값입니다.",
    INVALID_AMOUNT_VALUE: "금액은 숫자여야 하고, 원과 엔에는 소수가 없습니다.",
    INVALID_CLIENT_KEY: "잘못된 클라이언트 키 입니다.",
    INVALID_CUSTOMER_KEY:
      "customerKey는 영문 대소문자, 숫자, 특수문자(-, _, =, ., @)로 2자 이상 50자 이하여야 합니다.",
    INVALID_FLOW_MODE_PARAMETERS: "flowMode가 DIRECT이면 cardCompany나 easyPay가 필요합니다.",
    INVALID_METADATA:
      "metadata는 5쌍 이하, 키는 [ ] 없이 40자 이하, 값은 2000자 이하의 문자열이어야 합니다.",
    INVALID_METHOD_TRANSACTION: "이미 진행 중인 결제 요청이 있습니다. 끝난 뒤에 다시 요청해주세요.",
    INVALID_PARAMETER: "이벤트 이름이나 콜백이 잘못되었습니다.",
    INVALID_PARAMETERS: "잘못된 파라미터입니다.",
    INVALID_SELECTOR: "selector에 맞는 요소가 없습니다.",
    INVALID_VARIANT_KEY:
      "variantKey에 맞는 UI가 없습니다. 샌드박스에는 DEFAULT와 AGREEMENT만 있습니다.",
    NEED_AGREEMENT_WITH_REQUIRED_TERMS: "필수 약관에 동의해주세요.",
    NOT_SELECTED_PAYMENT_METHOD: "결제수단을 선택해주세요.",
    NOT_SETUP_AMOUNT: "setAmount()를 먼저 호출해주세요.",
    NOT_SUPPORTED_API_INDIVIDUAL_KEY: "API 개별 연동 키로는 결제위젯을 사용할 수 없습니다.",
    NOT_SUPPORTED_METHOD: "지원하지 않는 결제수단입니다.",
    NOT_SUPPORTED_PROMISE:
      "모바일에서는 Promise 방식을 쓸 수 없습니다. successUrl과 failUrl을 넘겨주세요.",
    NOT_SUPPORTED_WIDGET_KEY:
      "결제위젯 연동 키로는 결제창을 열 수 없습니다. API 개별 연동 키를 사용해주세요.",
    PAYMENT_METHODS_WIDGET_ALREADY_RENDERED: "이미 결제수단 위젯이 렌더링되었습니다.",
    AGREEMENT_WIDGET_ALREADY_RENDERED: "이미 약관 위젯이 렌더링되었습니다.",
    PAYMENT_REQUEST_ABORTED: "결제 요청이 중단되었습니다.",
    UNKNOWN: "알 수 없는 오류입니다. 잠시 후 다시 시도해주세요.",
    USER_CANCEL: "취소되었습니다.",
    V1_METHOD_NOT_SUPPORTED:
      "SDK v1의 호출입니다. payment()나 widgets()로 만든 객체에서 호출해주세요.",
  };

  const methods = {
    CARD: "카드",
    VIRTUAL_ACCOUNT: "가상계좌",
    TRANSFER: "계좌이체",
    MOBILE_PHONE: "휴대폰",
    CULTURE_GIFT_CERTIFICATE: "문화상품권",
    BOOK_GIFT_CERTIFICATE: "도서문화상품권",
    GAME_GIFT_CERTIFICATE: "게임문화상품권",
    FOREIGN_EASY_PAY: "해외간편결제",
  };

  function failure(code, message = messages[code]) {
    return Object.assign(new Error(message), { name: code, code });
  }

  // One request at a time, across all objects of the SDK.
  let current = null;

  // A page from the back-forward cache has no pending request.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) current?.end();
  });

  function TossPayments(clientKey) {
    if (typeof clientKey !== "string") throw failure("INVALID_CLIENT_KEY");
    const [, kind] = /^(?:test|live)_(g?[sc]k)_/.exec(clientKey) ?? [];
    if (kind?.endsWith("sk")) throw failure("INSECURE_KEY_USAGE");
    if (kind === undefined) throw failure("INVALID_CLIENT_KEY");
    const isWidgetKey = kind === "gck";
    return {
      payment(options) {
        if (isWidgetKey) throw failure("NOT_SUPPORTED_WIDGET_KEY");
        return createPayment(clientKey, checkCustomer(options));
      },
      widgets(options) {
        if (!isWidgetKey) throw failure("NOT_SUPPORTED_API_INDIVIDUAL_KEY");
        return parts.createWidgets(clientKey, checkCustomer(options));
      },
      brandpay() {
        throw failure("NOT_SUPPORTED_METHOD");
      },
      // SDK v1 had these methods here.
      requestPayment: refuseV1,
      requestBillingAuth: refuseV1,
    };
  }
  function refuseV1() {
    throw failure("V1_METHOD_NOT_SUPPORTED");
  }
  TossPayments.ANONYMOUS = anonymous;
  window.TossPayments = TossPayments;

  // Used by standard_widgets.js, which is served after this file.
  const parts = { methods, failure, checkObject, checkAmount, start };
  window.__tossSandbox = parts;

  function checkCustomer(options) {
    const customerKey = options?.customerKey;
    const fits = typeof customerKey === "string" && /^[A-Za-z0-9\-_=.@]{2,50}$/.test(customerKey);
    if (!fits) throw failure("INVALID_CUSTOMER_KEY");
    return customerKey;
  }

  function createPayment(clientKey, customerKey) {
    return {
      async requestPayment(request) {
        checkObject(request);
        if (!Object.hasOwn(methods, request.method)) {
          throw failure("NOT_SUPPORTED_METHOD");
        }
        checkAmount(request.amount);
        return start({ ...request, clientKey, customerKey }, {});
      },
      async requestBillingAuth() {
        throw failure("NOT_SUPPORTED_METHOD");
      },
      destroy: abortRequest,
    };
  }

  function checkObject(value) {
    if (typeof value !== "object" || value === null) throw failure("INVALID_PARAMETERS");
  }

  function checkAmount(amount) {
    checkObject(amount);
    if (!["KRW", "USD", "JPY"].includes(amount.currency)) {
      throw failure("INVALID_AMOUNT_CURRENCY");
    }
    if (typeof amount.value !== "number" || !Number.isFinite(amount.value)) {
      throw failure("INVALID_AMOUNT_VALUE");
    }
    if (amount.currency !== "USD" && !Number.isInteger(amount.value)) {
      throw failure("INVALID_AMOUNT_VALUE");
    }
    if (amount.value <= 0) throw failure("BELOW_ZERO_AMOUNT");
  }

  function checkUrls({ successUrl, failUrl }) {
    if (successUrl == null && failUrl == null) return;
    if (!isWebUrl(successUrl)) throw failure("INCORRECT_SUCCESS_URL_FORMAT");
    if (!isWebUrl(failUrl)) throw failure("INCORRECT_FAIL_URL_FORMAT");
  }

  function isWebUrl(text) {
    return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  }

  function checkMetadata(metadata) {
    if (metadata == null) return;
    if (typeof metadata !== "object") throw failure("INVALID_METADATA");
    const pairs = Object.entries(metadata);
    const fits = pairs.every(
      ([key, value]) =>
        key.length <= 40 && !/[[\]]/.test(key) && typeof value === "string" && value.length <= 2000,
    );
    if (pairs.length > 5 || !fits) throw failure("INVALID_METADATA");
  }

  function checkCard(card) {
    if (card?.flowMode !== "DIRECT") return;
    if (card.cardCompany == null && card.easyPay == null) {
      throw failure("INVALID_FLOW_MODE_PARAMETERS");
    }
  }

  // Opens the window. When the page navigates away, the promise never settles, so that code after
  // the await does not run.
  async function start(request, extra) {
    const { orderId, orderName } = request;
    if (typeof orderId !== "string" || typeof orderName !== "string") {
      throw failure("INVALID_PARAMETERS");
    }
    checkUrls(request);
    checkMetadata(request.metadata);
    checkCard(request.card);
    const isMobile = /Mobi|Android|iPhone|iPad/i.test(navigator.userAgent);
    const isPromise = request.successUrl == null;
    if (isMobile && isPromise) throw failure("NOT_SUPPORTED_PROMISE");
    if (current !== null) throw failure("INVALID_METHOD_TRANSACTION");
    const leaves = !isPromise && (isMobile || request.windowTarget === "self");
    const { promise, resolve, reject } = Promise.withResolvers();
    current = { resolve, reject, end: () => (current = null) };
    const mine = current;
    try {
      const session = await openSession(request);
      if (current !== mine) return promise; // destroy() aborted it
      if (leaves) {
        mine.end();
        window.location.assign(session.windowUrl);
        return new Promise(() => {});
      }
      showOverlay(mine, session, { request, extra });
    } catch (error) {
      mine.end();
      throw error;
    }
    return promise;
  }

  async function openSession(request) {
    let response;
    let answer;
    try {
      response = await fetch(`${sandbox}/_sandbox/sessions`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "accept-language": "ko",
        },
        body: JSON.stringify(request),
        signal: AbortSignal.timeout(10_000),
      });
      answer = await response.json();
    } catch {
      throw failure("UNKNOWN");
    }
    if (response.ok) return answer;
    const { code = "UNKNOWN", message } = answer ?? {};
    throw failure(code, messages[code] ?? message);
  }

  function abortRequest() {
    const request = current;
    request?.end();
    request?.reject(failure("PAYMENT_REQUEST_ABORTED"));
  }

  // The same rule as windowLanguage() in session_request.ts.
  function isKorean({ card, amount }) {
    return (card?.language ?? (amount.currency === "KRW" ? "KO" : "EN")) === "KO";
  }

  function showOverlay(mine, { paymentKey, windowUrl }, { request, extra }) {
    const overlay = document.createElement("div");
    const frame = document.createElement("iframe");
    overlay.id = "___tosspayments_dimmer___";
    frame.id = "___tosspayments_iframe___";
    frame.src = windowUrl;
    frame.title = isKorean(request) ? "토스페이먼츠 테스트 결제창" : "Toss Payments test window";
    overlay.setAttribute("role", "dialog");
    overlay.setAttribute("aria-modal", "true");
    overlay.setAttribute("aria-label", frame.title);
    Object.assign(overlay.style, {
      position: "fixed",
      inset: "0",
      zIndex: "2147483647",
      display: "grid",
      placeItems: "center",
      background: "rgb(0 0 0 / 60%)",
    });
    Object.assign(frame.style, {
      width: "min(100vw, 420px)",
      height: "min(100dvh, 840px)",
      border: "0",
      borderRadius: "16px",
      background: "white",
      colorScheme: "light dark",
    });
    overlay.append(frame);

    const focused = document.activeElement;
    const { overflow } = document.documentElement.style;
    document.documentElement.style.overflow = "hidden";
    document.body.append(overlay);
    frame.focus();

    function onMessage(event) {
      const fits =
        event.origin === sandbox &&
        event.source === frame.contentWindow &&
        event.data?.paymentKey === paymentKey;
      if (fits) finish(event.data);
    }

    function onKey(event) {
      if (event.key === "Escape") finish({ closed: true });
    }

    function finish({ closed, redirectUrl, code, message }) {
      if (typeof redirectUrl === "string" && isWebUrl(redirectUrl)) {
        window.location.assign(redirectUrl); // the overlay stays until the page unloads
        return;
      }
      mine.end();
      if (closed === true) mine.reject(failure("USER_CANCEL"));
      else if (code !== undefined) mine.reject(failure(code, message));
      else {
        const { orderId, amount } = request;
        mine.resolve({ paymentKey, orderId, amount, ...extra });
      }
    }

    mine.end = () => {
      current = null;
      window.removeEventListener("message", onMessage);
      window.removeEventListener("keydown", onKey);
      overlay.remove();
      document.documentElement.style.overflow = overflow;
      focused?.focus?.();
    };
    window.addEventListener("message", onMessage);
    window.addEventListener("keydown", onKey);
  }
})();
