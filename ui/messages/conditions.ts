/** Conditions of a payment, for its shopper and for operators. */
export const conditionsKo = {
  refund: "환불",
  until: (day: string) => `${day}까지 환불할 수 있습니다.`,
  wholeUntil: (day: string) => `${day}까지 전액만 환불할 수 있습니다.`,
  wholeOnly: "전액만 환불할 수 있습니다.",
  refundOver: "결제 수단의 환불 기한이 지났습니다.",
  cashReceipt: "현금영수증",
  receiptTypes: { 소득공제: "소득공제용", 지출증빙: "지출증빙용" } as Readonly<
    Record<string, string>
  >,
  receiptStatuses: {
    IN_PROGRESS: "발급 요청됨",
    COMPLETED: "발급됨",
    FAILED: "발급 실패",
    CANCELED: "취소됨",
  },
  openReceipt: "현금영수증 보기",
  escrow: "에스크로",
  escrowHeld: "상품을 받은 뒤 판매자에게 지급됩니다.",
};

export const conditionsEn: typeof conditionsKo = {
  refund: "Refund",
  until: (day) => `Possible until ${day}.`,
  wholeUntil: (day) => `Possible until ${day}, of the whole amount only.`,
  wholeOnly: "Possible of the whole amount only.",
  refundOver: "The period in which this payment can be refunded is over.",
  cashReceipt: "Cash receipt",
  receiptTypes: { 소득공제: "for income deduction", 지출증빙: "for business expenses" },
  receiptStatuses: {
    IN_PROGRESS: "requested",
    COMPLETED: "issued",
    FAILED: "failed",
    CANCELED: "cancelled",
  },
  openReceipt: "View cash receipt",
  escrow: "Escrow",
  escrowHeld: "The seller is paid once you have the goods.",
};
