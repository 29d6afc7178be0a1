import * as v from "valibot";
import type { CallAnswer, CallBody, HistoryEntry, PaymentAnswer } from "@payflow/shared";
import { asAppError, metricsType, reply, routesOf } from "@payflow/shared/http";
import type { Logger, Metrics } from "@payflow/shared/http";
import { closePayment } from "../application/close_payment.ts";
import { confirmPayment } from "../application/confirm_payment.ts";
import { nameAccount, returnDeposit } from "../application/name_account.ts";
import { openPayment } from "../application/open_payment.ts";
import type { PaymentDeps, WebhookRepository } from "../application/ports.ts";
import { queryNow } from "../application/query_now.ts";
import { queryDeposits } from "../application/query_deposits.ts";
import { refundPayment } from "../application/refund_payment.ts";
import type { Payment } from "../domain/payment.ts";
import { viewOf } from "../domain/snapshot.ts";
import { callsOf } from "./internal_call.ts";
import { orderService, type InternalEnv } from "./internal_key.ts";
import { answer, confirmAnswer, depositAnswer, refundAnswer } from "./payment_answer.ts";

/** What is read without a decision. */
export type PaymentQueries = {
  listChanged(page: CallBody<"changed">): Promise<CallAnswer<"changed">["payments"]>;
  listHistory(orderId: string): Promise<HistoryEntry[]>;
  readDetails(orderId: string): Promise<Omit<CallAnswer<"details">, "payment">>;
};

/** With every paymentKey that was ever stored. */
function wholeView(payment: Payment) {
  return { ...viewOf(payment), paymentKeys: payment.attempts.map(({ paymentKey }) => paymentKey) };
}

export type PaymentRoutesDeps = PaymentDeps & {
  readonly webhooks: Pick<WebhookRepository, "erase">;
  readonly queries: PaymentQueries;
  readonly metrics: Pick<Metrics, "text" | "request" | "refused">;
  readonly log: Logger;
};

const route = routesOf<InternalEnv, PaymentRoutesDeps>();

const call = callsOf<PaymentRoutesDeps>();

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
  call("confirm", (body, deps) =>
    refusable(body.facts.orderId, deps, async () => {
      const payment = await confirmPayment(body, deps);
      return confirmAnswer(payment, body.paymentKey, deps.moment().psp);
    }),
  ),
  call("close", (body, deps) =>
    refusable(body.facts.orderId, deps, async () => answer(await closePayment(body, deps))),
  ),
  call("refund", (body, deps) =>
    refusable(body.orderId, deps, async () => {
      const { account } = body;
      const { psp } = deps.moment();
      const returning = account && (await returnDeposit({ ...body, account }, deps));
      if (returning) return depositAnswer(returning, psp);
      return refundAnswer(await refundPayment(body, deps), body.key, psp);
    }),
  ),
  call("refund-account", (body, deps) =>
    refusable(body.orderId, deps, async () => answer(await nameAccount(body, deps))),
  ),
  // a payment itself names nobody
  call("erase", ({ orderId }, { webhooks }) => webhooks.erase(orderId)),
  call("compare", async ({ facts, known }, deps) => {
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
  call("ask", queryDeposits),
  call("changed", async (page, { queries }) => ({
    payments: await queries.listChanged(page),
  })),
  call("history", async ({ orderId }, { queries }) => ({
    history: await queries.listHistory(orderId),
  })),
  call("find", async ({ orderIds }, deps) => {
    const payments = await deps.payments.findMany(orderIds);
    return { payments: payments.map(wholeView) };
  }),
  call("details", async ({ orderId }, { payments, queries }) => {
    const [payment, details] = await Promise.all([
      payments.find(orderId),
      queries.readDetails(orderId),
    ]);
    return { ...details, payment: payment ? wholeView(payment) : null };
  }),
  call("query-now", async (body, deps) => {
    let outcome = { isChanged: false, isOpen: false };
    const told = await refusable(body.orderId, deps, async () => {
      const { payment, ...rest } = await queryNow(body, deps);
      outcome = rest;
      return answer(payment);
    });
    return { ...told, ...outcome };
  }),
  route({
    method: "GET",
    path: "/metrics",
    name: "getMetrics",
    tag: "operations",
    summary: "Metrics for Prometheus",
    caller: orderService,
    answers: {
      200: { description: "In Prometheus's text format", schema: v.string(), type: metricsType },
    },
    handle: async (_, { metrics }) => reply(200, await metrics.text()),
  }),
];
