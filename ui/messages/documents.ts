import type { Language } from "../language.ts";

export const documentNames = ["terms", "privacy", "refunds"] as const;
export type DocumentName = (typeof documentNames)[number];
type Section = readonly [heading: string, text: string];

/** Sample documents, so that all links work from the start; each page says that the shop must replace them. */
export const documents: Readonly<Record<Language, Record<DocumentName, readonly Section[]>>> = {
  ko: {
    terms: [
      [
        "제1조 목적",
        "이 약관은 상점이 파는 상품을 이용자가 주문하고 결제하는 조건과 절차를 정합니다.",
      ],
      [
        "제2조 주문과 계약",
        "이용자가 결제를 마치고 상점이 주문을 확정하면 계약이 이루어집니다. 결제되지 않은 주문은 정해진 시간이 지나면 청구 없이 닫힙니다.",
      ],
      [
        "제3조 결제",
        "결제는 토스페이먼츠를 통해 이루어집니다. 한 주문은 한 번만 결제되며, 잘못 승인된 결제는 전액 취소합니다.",
      ],
      ["제4조 청약 철회", "이용자는 환불 정책과 관련 법령에 따라 청약을 철회할 수 있습니다."],
    ],
    privacy: [
      [
        "수집하는 정보",
        "이름, 이메일, 주문 내용, 결제 결과를 수집합니다. 카드 번호 같은 결제 정보는 토스페이먼츠가 처리하며 상점에 남지 않습니다.",
      ],
      ["이용 목적", "주문을 처리하고 결제 결과를 알리며 문의에 답하는 데에만 씁니다."],
      [
        "보관 기간",
        "결제하지 않은 주문의 이름과 이메일은 {days}일 뒤에 지웁니다. 결제한 주문의 기록은 전자상거래법에 따라 5년간 보관한 뒤 지우고, 환불받으실 계좌는 환불이 끝나면 바로 지웁니다.",
      ],
      ["처리 위탁", "결제 처리를 토스페이먼츠(주)에 위탁합니다."],
      [
        "이용자의 권리",
        "이용자는 자신의 정보를 보고, 고치고, 지워 달라고 요청할 수 있습니다. 아래 연락처로 알려 주세요.",
      ],
    ],
    refunds: [
      [
        "환불할 수 있는 기간",
        "상품을 받은 날부터 7일 안에 청약을 철회할 수 있습니다. 법령이 정한 경우에는 제한될 수 있습니다.",
      ],
      [
        "환불 방법",
        "결제하신 수단으로 환불합니다. 가상계좌로 결제하셨다면 환불받으실 계좌를 알려 주셔야 합니다.",
      ],
      ["걸리는 시간", "카드 반영까지 3~4영업일, 계좌 입금까지 2영업일 걸립니다."],
      ["문의", "아래 전화나 이메일로 주문번호와 함께 알려 주세요."],
    ],
  },
  en: {
    terms: [
      ["1. Purpose", "These terms say how shoppers order and pay for what this shop sells."],
      [
        "2. Order and contract",
        "A contract is made when payment is complete and the shop has confirmed the order. An order that is not paid closes after a set time without any charge.",
      ],
      [
        "3. Payment",
        "Payment is made through Toss Payments. An order is charged once; a payment approved in error is cancelled in full.",
      ],
      [
        "4. Withdrawal",
        "Shoppers may withdraw from the purchase under the refund policy and the law.",
      ],
    ],
    privacy: [
      [
        "What is collected",
        "Name, e-mail, order and payment result. Card details are handled by Toss Payments and never stay with the shop.",
      ],
      ["What for", "Only to process the order, inform you of its payment and answer questions."],
      [
        "How long",
        "Name and e-mail of an order that was never paid are deleted after {days} days. Records of paid orders are kept for five years, as Korean e-commerce law requires, and then deleted. The account for a refund is deleted as soon as the refund is done.",
      ],
      ["Who processes it", "Payments are processed by Toss Payments Co., Ltd."],
      [
        "Your rights",
        "You may ask to see, correct or delete your data. Please use the contact below.",
      ],
    ],
    refunds: [
      [
        "Period",
        "You may withdraw within 7 days of receiving the goods, except where the law limits it.",
      ],
      [
        "How",
        "You are refunded the way you paid. If you paid into a virtual account, we need an account to send the refund to.",
      ],
      [
        "How long it takes",
        "It takes 3–4 business days to show on a card and 2 to reach a bank account.",
      ],
      ["Contact", "Call or write to us at the contact below with your order number."],
    ],
  },
};
