/**
 * What the pages see of Toss's SDK, in thirty lines: a window with four ways out, and the same redirects and
 * rejections. The full double is the Toss sandbox; this one needs no server behind it.
 */
export const fakeTossSdk = `
window.TossPayments = (clientKey) => ({
  payment: ({ customerKey }) => ({
    requestPayment: (request) => new Promise((_, reject) => {
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
    }),
  }),
});
`;
