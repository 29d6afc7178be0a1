export const orderStatuses = [
  "PENDING",
  "AWAITING_DEPOSIT",
  "CONFIRMED",
  "PARTIALLY_REFUNDED",
  "REFUNDED",
  "CANCELED",
  "EXPIRED",
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** Languages of the shop's pages and mails; Korean is the default. */
export const languages = ["ko", "en"] as const;
export type Language = (typeof languages)[number];

/** The reasons that a shopper can choose for a refund request. */
export const refundRequestKinds = [
  "changed_mind",
  "wrong_order",
  "late_delivery",
  "defective",
  "other",
] as const;
export type RefundRequestKind = (typeof refundRequestKinds)[number];

/** granting: its refund is decided and has no outcome yet. The last three are final. */
export const refundRequestStatuses = [
  "requested",
  "granting",
  "granted",
  "declined",
  "withdrawn",
] as const;
export type RefundRequestStatus = (typeof refundRequestStatuses)[number];

export type Product = {
  readonly productId: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** Won for one piece. */
  readonly unitPrice: number;
  /** The part of `unitPrice` that bears no VAT; absent: none. */
  readonly taxFreeAmount?: number | undefined;
  readonly currency: "KRW";
};
