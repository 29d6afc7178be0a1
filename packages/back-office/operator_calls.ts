import * as v from "valibot";
import { IsoTime, KoreanDay, KoreanMonth, OrderId, PaymentAnswer } from "@payflow/shared";
import { AttentionItem } from "./attention.ts";
import {
  exceptionKinds,
  ListedException,
  MoneyMonth,
  Movement,
  Reconciliation,
} from "./money_reports.ts";
import { ListedLetter, OutboxState, ReplayOutcome, ShownLetter } from "./operated_messages.ts";
import { PaymentDetails, WebhookRow } from "./payment_details.ts";

/** The `next` of the previous page. */
const after = v.optional(v.string());
const pageOf = <Row extends v.GenericSchema>(row: Row) =>
  v.object({ rows: v.array(row), next: v.nullable(v.string()) });
const letterId = v.object({ id: v.string() });
const isDone = v.object({ isDone: v.boolean() });

/** Calls of payment that order makes for operators alone. */
export const operatorCalls = {
  /** Everything that payment stores about one order. */
  details: { body: v.object({ orderId: OrderId }), answer: PaymentDetails },
  /** Queries the provider about this order now. */
  "query-now": {
    body: v.object({ orderId: OrderId }),
    answer: v.object({ ...PaymentAnswer.entries, isChanged: v.boolean() }),
  },
  /** Ends what an operator resolved outside PayFlow: refused payouts, and the review of an unrecovered payment. */
  dismiss: { body: v.object({ orderId: OrderId }), answer: isDone },
  /** At most 200 orders by a paymentKey or a part of it. */
  search: {
    body: v.object({ part: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_=-]{8,200}$/)) }),
    answer: v.object({ orderIds: v.array(OrderId) }),
  },
  "money-month": { body: v.object({ month: KoreanMonth }), answer: MoneyMonth },
  /** A page of the month's movements, oldest first. */
  movements: { body: v.object({ month: KoreanMonth, after }), answer: pageOf(Movement) },
  reconciliation: {
    body: v.object({ day: KoreanDay }),
    answer: v.object({ found: v.nullable(Reconciliation) }),
  },
  /** `isDone` is false when the day has not begun in Korea. */
  "request-reconciliation": { body: v.object({ day: KoreanDay }), answer: isDone },
  /** Resolves all open exceptions that match the given fields. */
  "resolve-exceptions": {
    body: v.object({
      reason: v.string(),
      day: v.optional(KoreanDay),
      paymentKey: v.optional(v.string()),
      transactionKey: v.optional(v.string()),
      kind: v.optional(v.picklist(exceptionKinds)),
    }),
    answer: v.object({ resolved: v.array(ListedException) }),
  },
  outbox: { body: v.object({}), answer: OutboxState },
  "dead-letters": {
    body: v.object({
      state: v.optional(v.picklist(["open", "all"])),
      q: v.optional(v.string()),
      after,
    }),
    answer: pageOf(ListedLetter),
  },
  "dead-letter": { body: letterId, answer: v.object({ found: v.nullable(ShownLetter) }) },
  "replay-dead-letter": { body: letterId, answer: v.object({ outcome: ReplayOutcome }) },
  "replay-cause": {
    body: v.object({ error: v.string() }),
    answer: v.object({ count: v.number(), isKafkaAway: v.boolean() }),
  },
  "discard-dead-letter": { body: letterId, answer: isDone },
  webhooks: {
    body: v.object({
      state: v.optional(v.picklist(["waiting", "unknown"])),
      orderId: v.optional(v.string()),
      after,
    }),
    answer: pageOf(WebhookRow),
  },
  webhook: {
    body: v.object({ id: v.string() }),
    answer: v.object({ found: v.nullable(v.object({ ...WebhookRow.entries, body: v.string() })) }),
  },
  /** Payment's audit, newest first. */
  audit: {
    body: v.object({
      before: v.optional(v.pipe(v.string(), v.regex(/^\d{1,18}$/))),
      limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)),
    }),
    answer: v.object({
      rows: v.array(
        v.object({
          id: v.string(),
          at: IsoTime,
          actor: v.string(),
          action: v.string(),
          subject: v.string(),
          reason: v.nullable(v.string()),
          detail: v.unknown(),
        }),
      ),
    }),
  },
  /** Payment's items that need an operator, and the results of its recent calls to Toss. */
  attention: {
    body: v.object({}),
    answer: v.object({
      items: v.array(AttentionItem),
      hasMore: v.boolean(),
      toss: v.object({
        state: v.picklist(["up", "degraded", "down", "unknown"]),
        calls: v.number(),
        successRate: v.exactOptional(v.number()),
        medianMs: v.exactOptional(v.number()),
      }),
    }),
  },
};
