// Items that need an operator: the types of both services, and the schemas by which order parses those of payment.
import * as v from "valibot";
import { IsoTime, Whole } from "@payflow/shared";

const attentionKinds = [
  // about one order or payment
  "confirm_open",
  "refund_open",
  "return_open",
  "manual_review",
  "unrecovered",
  "account_needed",
  "payout_failed",
  "paid_twice",
  "refund_requested",
  "payment_without_order",
  "money_without_order",
  "reconciliation",
  "tax_free_differs",
  // about PayFlow
  "dead_letters",
  "webhooks_waiting",
  "mails_failed",
  "endpoint_off",
  "endpoint_failing",
  "outbox_old",
  "relay_missing",
  "consumer_behind",
  "unsigned_messages",
] as const;

export const AttentionItem = v.object({
  kind: v.picklist(attentionKinds),
  part: v.picklist(["order", "payment"]),
  since: v.nullable(IsoTime),
  /** How many items of the kind this row stands for. */
  count: Whole,
  orderId: v.optional(v.string()),
  amount: v.optional(Whole),
  /** The buyer's name and address, masked. */
  customer: v.optional(v.string()),
  paymentKey: v.optional(v.string()),
  /** The last message of the payment provider or of the error. */
  detail: v.optional(v.string()),
  /** When the provider is queried next. */
  nextAt: v.optional(v.nullable(IsoTime)),
  /** The Korean day of a reconciliation. */
  day: v.optional(v.string()),
  /** The URL of a webhook endpoint. */
  url: v.optional(v.string()),
});
export type AttentionItem = Readonly<v.InferOutput<typeof AttentionItem>>;
