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

export type Product = {
  readonly productId: string;
  readonly name: string;
  readonly description?: string | undefined;
  /** Won for one piece. */
  readonly unitPrice: number;
  readonly currency: "KRW";
};
