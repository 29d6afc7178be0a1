/** A webhook of Toss, and what became of it. */
export type WebhookRow = {
  readonly id: string;
  readonly receivedAt: string;
  readonly eventType: string;
  readonly orderId: string | null;
  readonly paymentKey: string | null;
  readonly tries: number;
  readonly isUnknown: boolean;
  readonly handledAt: string | null;
};
