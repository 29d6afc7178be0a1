import * as v from "valibot";
import {
  ChangedPayments,
  Compared,
  FoundPayments,
  IsoTime,
  KnownPayment,
  OrderFacts,
  OrderId,
  PaymentAnswer,
  PaymentHistory,
  PaymentKey,
  PositiveWon,
  RefundAnswer,
  type HistoryEntry,
  type PaymentView,
} from "@payflow/shared";
import { asAppError, json, metricsText, reply, routesOf } from "@payflow/shared/http";
import type { Body, Frozen, Logger, Metric } from "@payflow/shared/http";
import { closePayment } from "../application/close_payment.ts";
import { confirmPayment } from "../application/confirm_payment.ts";
import { nameAccount, returnDeposit } from "../application/name_account.ts";
import { openPayment } from "../application/open_payment.ts";
import type { PaymentDeps, WebhookRepository } from "../application/ports.ts";
import { queryDeposits } from "../application/query_deposits.ts";
import { refundPayment } from "../application/refund_payment.ts";
import type { Payment } from "../domain/payment.ts";
import { viewOf } from "../domain/snapshot.ts";
import { orderService, type InternalEnv } from "./internal_key.ts";
import { answer, confirmAnswer, depositAnswer, refundAnswer } from "./payment_answer.ts";

/** An order service of an earlier version, which is replaced after payment, leaves it out. */
const known = { known: v.optional(KnownPayment) };
const fromOrder = { facts: v.optional(OrderFacts), ...known };
const Confirm = v.object({
  paymentKey: PaymentKey,
  amount: PositiveWon,
  facts: OrderFacts,
  isPrivy: v.optional(v.boolean()),
  ...known,
});
const By = v.picklist(["shopper", "merchant"]);
const Close = v.object({ facts: OrderFacts, ...known, by: v.optional(By) });
const Account = v.object({ bank: v.string(), accountNumber: v.string(), holderName: v.string() });
const ProvideAccount = v.object({ orderId: OrderId, account: Account, ...fromOrder, by: By });
const Refund = v.object({
  orderId: OrderId,
  key: v.string(),
  requestHash: v.string(),
  reason: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  amount: v.optional(PositiveWon),
  account: v.optional(Account),
  ...fromOrder,
});
const Compare = v.object({
  facts: v.pipe(v.array(OrderFacts), v.maxLength(500)),
  /** Of each of them, in the same order. */
  known: v.optional(v.array(KnownPayment)),
});
const Changed = v.object({
  since: IsoTime,
  afterId: v.string(),
  limit: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500)),
});
const History = v.object({ orderId: OrderId });
const Find = v.object({ orderIds: v.pipe(v.array(OrderId), v.maxLength(500)) });

const Nothing = v.object({});

const metricsType = "text/plain; version=0.0.4";

/** Facts of five hundred orders with long names. */
const compareLimitBytes = 1024 * 1024;

/** What is read without a decision. */
export type PaymentQueries = {
  findMany(orderIds: readonly string[]): Promise<readonly Payment[]>;
  listChanged(
    page: v.InferOutput<typeof Changed>,
  ): Promise<readonly (PaymentView & { readonly changedAt: string })[]>;
  listHistory(orderId: string): Promise<readonly HistoryEntry[]>;
  listMetrics(): Promise<readonly Metric[]>;
};

export type PaymentRoutesDeps = PaymentDeps & {
  readonly webhooks: Pick<WebhookRepository, "erase">;
  readonly queries: PaymentQueries;
  readonly log: Logger;
};

const route = routesOf<InternalEnv, PaymentRoutesDeps>();

/**
 * A call of order: POST /internal/payments/`name`, answered by {} when there is nothing to say. Members that it does not
 * know are let pass: order may be newer.
 */
function call<Input, Output extends v.GenericSchema>(
  name: string,
  body: Body<Input>,
  schema: Output,
  handle: (body: Input, deps: PaymentRoutesDeps) => Promise<Frozen<v.InferInput<Output>> | void>,
) {
  return route({
    method: "POST",
    path: `/internal/payments/${name}`,
    name,
    tag: "payments",
    summary: name,
    caller: orderService,
    body,
    answers: { 200: { description: name, schema } },
    refusals: [],
    handle: async ({ body }, deps) =>
      reply(200, ((await handle(body as Input, deps)) ?? {}) as never),
  });
}

/** A refusal comes with the payment, if there is one, so that order can follow it at once. */
async function refusable(
  orderId: string,
  deps: PaymentDeps,
  run: () => Promise<PaymentAnswer>,
): Promise<PaymentAnswer> {
  try {
    return await run();
  } catch (error) {
    const refusal = asAppError(error);
    if (refusal === undefined || refusal.code === "database_unavailable") throw error;
    return answer(await deps.payments.find(orderId), refusal);
  }
}

/** What order may call. Every answer to a decision carries the payment whole. */
export const paymentRoutes = [
  call("confirm", json(Confirm), PaymentAnswer, (body, deps) =>
    refusable(body.facts.orderId, deps, async () => {
      const payment = await confirmPayment(body, deps);
      return confirmAnswer(payment, body.paymentKey, deps.moment().psp);
    }),
  ),
  call("close", json(Close), PaymentAnswer, (body, deps) =>
    refusable(body.facts.orderId, deps, async () => answer(await closePayment(body, deps))),
  ),
  call("refund", json(Refund), RefundAnswer, (body, deps) =>
    refusable(body.orderId, deps, async () => {
      const { account = null, amount } = body;
      const { psp } = deps.moment();
      const returning = account && (await returnDeposit({ ...body, account }, deps));
      if (returning) return depositAnswer(returning, psp);
      const payment = await refundPayment({ ...body, account, amount }, deps);
      return refundAnswer(payment, body.key, psp);
    }),
  ),
  call("refund-account", json(ProvideAccount), PaymentAnswer, (body, deps) =>
    refusable(body.orderId, deps, async () => answer(await nameAccount(body, deps))),
  ),
  // a payment itself names nobody
  call("erase", json(History), Nothing, ({ orderId }, { webhooks }) => webhooks.erase(orderId)),
  call("compare", json(Compare, compareLimitBytes), Compared, async ({ facts, known }, deps) => {
    const compared = await Promise.all(
      facts.map(async (one, index) => {
        const { orderId } = one;
        const open = () => openPayment({ facts: one, known: known?.[index] }, deps);
        return { orderId, ...(await refusable(orderId, deps, async () => answer(await open()))) };
      }),
    );
    return {
      payments: compared.flatMap(({ payment, refusal }) => (payment && !refusal ? [payment] : [])),
      refused: compared.flatMap(({ orderId, refusal }) => (refusal ? [{ orderId, refusal }] : [])),
    };
  }),
  call("ask", json(Find), Nothing, queryDeposits),
  call("changed", json(Changed), ChangedPayments, async (page, { queries }) => ({
    payments: await queries.listChanged(page),
  })),
  call("history", json(History), PaymentHistory, async ({ orderId }, { queries }) => ({
    history: await queries.listHistory(orderId),
  })),
  call("find", json(Find), FoundPayments, async ({ orderIds }, { queries }) => {
    const payments = await queries.findMany(orderIds);
    const keysOf = ({ attempts }: Payment) => attempts.map(({ paymentKey }) => paymentKey);
    return { payments: payments.map((one) => ({ ...viewOf(one), paymentKeys: keysOf(one) })) };
  }),
  route({
    method: "GET",
    path: "/metrics",
    name: "getMetrics",
    tag: "operations",
    summary: "Figures for Prometheus",
    caller: orderService,
    answers: { 200: { description: "Gauges", schema: v.string(), type: metricsType } },
    refusals: [],
    handle: async (_, { queries }) => reply(200, metricsText(await queries.listMetrics())),
  }),
];
