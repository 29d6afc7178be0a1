import type { OrderMail } from "@payflow/shared";

type Words = { readonly title: string; readonly lead: string };

/** Texts of mails to shoppers. Sentences about money are promises, as on the pages. */
export const mailKo = {
  subject: (shop: string, title: string, number: string) => `[${shop}] ${title} (${number})`,
  hello: (name: string) => `${name} 님, 안녕하세요.`,
  kinds: {
    placed: {
      title: "주문이 접수되었습니다",
      lead: "아래 링크에서 주문을 확인하고 결제할 수 있습니다. 이미 결제하셨다면 따로 하실 일은 없습니다.",
    },
    account: {
      title: "입금할 계좌를 안내해 드립니다",
      lead: "아래 계좌로 기한 안에 입금해 주세요. 금액이 다르면 입금되지 않습니다.",
    },
    paid: { title: "결제가 완료되었습니다", lead: "주문해 주셔서 감사합니다." },
    refunded: {
      title: "환불 처리됐습니다",
      lead: "카드는 보통 3~4영업일, 계좌는 2영업일 안에 반영됩니다.",
    },
    canceled: {
      title: "주문이 취소되었습니다",
      lead: "이 주문은 더 결제할 수 없습니다.",
    },
    expired: {
      title: "결제 기한이 지나 주문이 마감되었습니다",
      lead: "필요하시면 상점에서 다시 주문해 주세요.",
    },
    account_needed: {
      title: "환불받을 계좌를 알려 주세요",
      lead: "마감된 주문에 입금하신 돈을 돌려드리려면 계좌가 필요합니다. 주문하신 브라우저에서 주문을 열어 계좌를 입력해 주세요.",
    },
    request_granted: {
      title: "취소·환불 요청이 승인되었습니다",
      lead: "환불 처리됐습니다. 카드는 보통 3~4영업일, 계좌는 2영업일 안에 반영됩니다.",
    },
    request_declined: {
      title: "취소·환불 요청이 받아들여지지 않았습니다",
      lead: "상점의 답변을 확인해 주세요.",
    },
  } satisfies Readonly<Record<OrderMail["kind"], Words>>,
  returned:
    "마감된 주문에 결제된 금액이라 모두 환불했습니다. 카드는 보통 3~4영업일, 계좌는 2영업일 안에 반영됩니다.",
  orderNumber: "주문번호",
  orderName: "주문 상품",
  amount: "결제 금액",
  toPay: "결제할 금액",
  payUntil: "결제 기한",
  bank: "은행",
  unknownBank: (code: string) => `은행 코드 ${code}`,
  accountNumber: "계좌번호",
  deposit: "입금 금액",
  depositUntil: "입금 기한",
  method: "결제 수단",
  refunded: "환불 금액",
  answer: "상점 답변",
  open: "주문 보기",
  receipt: "영수증 보기",
  contact: (phone: string, email: string) => `문의: ${phone}, ${email}`,
  automatic: "주문하실 때 적은 주소로 보내 드리는 안내 메일입니다.",
};

export const mailEn: Widened = {
  subject: (shop, title, number) => `[${shop}] ${title} (${number})`,
  hello: (name) => `Hello ${name},`,
  kinds: {
    placed: {
      title: "We received your order",
      lead: "See and pay it by the link below. If you have paid already, there is nothing left to do.",
    },
    account: {
      title: "The account to pay into",
      lead: "Please send the money in time. A different amount will not be accepted.",
    },
    paid: { title: "Your payment is complete", lead: "Thank you for your order." },
    refunded: {
      title: "Your refund was processed",
      lead: "Cards usually show it within 3–4 business days, bank accounts within 2.",
    },
    canceled: { title: "Your order was cancelled", lead: "It can't be paid any more." },
    expired: {
      title: "The time to pay is over and your order was closed",
      lead: "If you still need it, please order again.",
    },
    account_needed: {
      title: "Please name an account for your refund",
      lead: "Money that you sent for a closed order can only go back to an account. Open the order in the browser that placed it and enter one.",
    },
    request_granted: {
      title: "Your refund request was granted",
      lead: "The refund was processed. Cards usually show it within 3–4 business days, bank accounts within 2.",
    },
    request_declined: {
      title: "Your refund request was declined",
      lead: "Please read the shop's reply.",
    },
  },
  returned:
    "It came for an order that was closed, so all of it was refunded. Cards usually show it within 3–4 business days, bank accounts within 2.",
  orderNumber: "Order number",
  orderName: "Items",
  amount: "Amount paid",
  toPay: "Amount to pay",
  payUntil: "Pay by",
  bank: "Bank",
  unknownBank: (code) => `Bank code ${code}`,
  accountNumber: "Account number",
  deposit: "Amount to send",
  depositUntil: "Send by",
  method: "Paid with",
  refunded: "Refunded",
  answer: "The shop's reply",
  open: "View order",
  receipt: "View receipt",
  contact: (phone, email) => `Contact: ${phone}, ${email}`,
  automatic: "This notice goes to the address that was given with the order.",
};

type Widened = Omit<typeof mailKo, "kinds"> & {
  readonly kinds: Readonly<Record<OrderMail["kind"], Words>>;
};
export const mailMessages: Readonly<Record<"ko" | "en", Widened>> = { ko: mailKo, en: mailEn };
