// What payment has of one order for operators: payment's types, and what order parses.
import * as v from "valibot";
import { IsoTime, MovementKind, PaymentView, Whole } from "@payflow/shared";
import { AttentionItem } from "./attention.ts";

const Text = v.exactOptional(v.nullable(v.string()));

export const LedgerRow = v.object({
  occurredAt: IsoTime,
  kind: MovementKind,
  /** Below 0 for money that left. */
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
  /** As the provider's books have it, with the sign of `amount`; null where they do not say. */
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

/** Oldest first; of `webhooks` the newest hundred, of the `ledger` the newest thousand. `openEnds`: what the provider has yet to end. */
export const PaymentDetails = v.object({
  payment: v.nullable(PaymentView),
  ledger: v.array(LedgerRow),
  webhooks: v.array(WebhookRow),
  openEnds: v.array(AttentionItem),
});
export type PaymentDetails = v.InferOutput<typeof PaymentDetails>;
