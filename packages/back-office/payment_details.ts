// Payment's data about one order for operators: payment returns these types, order parses them.
import * as v from "valibot";
import { IsoTime, MovementKind, PaymentView, Whole } from "@payflow/shared";
import { AttentionItem } from "./attention.ts";

const Text = v.exactOptional(v.nullable(v.string()));

export const LedgerRow = v.object({
  occurredAt: IsoTime,
  kind: MovementKind,
  /** Negative for outgoing money. */
  amount: Whole,
  method: v.nullable(v.string()),
  paymentKey: v.string(),
  transactionKey: v.nullable(v.string()),
  card: v.nullable(
    v.object({
      issuer: Text,
      number: Text,
      installmentMonths: v.exactOptional(v.nullable(v.number())),
      isInterestFree: v.exactOptional(v.nullable(v.boolean())),
      approvalNumber: Text,
    }),
  ),
  vat: v.nullable(Whole),
  /** As the provider booked it, with the sign of `amount`; null if the provider did not state it. */
  taxFree: v.nullable(Whole),
  receiptUrl: v.nullable(v.string()),
});
export type LedgerRow = Readonly<v.InferOutput<typeof LedgerRow>>;

/** One of the provider's webhooks, without its body. */
export const WebhookRow = v.object({
  id: v.string(),
  receivedAt: IsoTime,
  eventType: v.string(),
  orderId: v.nullable(v.string()),
  paymentKey: v.nullable(v.string()),
  tries: v.number(),
  isUnknown: v.boolean(),
  handledAt: v.nullable(IsoTime),
});
export type WebhookRow = Readonly<v.InferOutput<typeof WebhookRow>>;

/** Oldest first; only the newest 100 `webhooks` and 1,000 `ledger` rows. `openEnds`: operations without a known outcome. */
export const PaymentDetails = v.object({
  payment: v.nullable(PaymentView),
  ledger: v.array(LedgerRow),
  webhooks: v.array(WebhookRow),
  openEnds: v.array(AttentionItem),
});
export type PaymentDetails = v.InferOutput<typeof PaymentDetails>;
