import { OrderCreated, type PaymentAnswer } from "@payflow/shared";
import { asAppError, eventHandler } from "@payflow/shared/http";
import { closePayment } from "../application/close_payment.ts";
import { confirmPayment } from "../application/confirm_payment.ts";
import { nameAccount, returnDeposit } from "../application/name_account.ts";
import { openPayment } from "../application/open_payment.ts";
import type { PaymentDeps } from "../application/ports.ts";
import { queryNow } from "../application/query_now.ts";
import { queryDeposits } from "../application/query_deposits.ts";
import { refundPayment } from "../application/refund_payment.ts";
import type { CallHandlers } from "./payment_app.ts";
import { answer, confirmAnswer, depositAnswer, refundAnswer } from "./payment_answer.ts";

/** The handlers of order's calls that decide or query. Every response to a decision has the whole payment. */
export function paymentCalls(deps: PaymentDeps) {
  /** A refusal is returned with the payment, if there is one, so that order can apply its state at once. */
  async function refusable<A extends PaymentAnswer>(orderId: string, run: () => Promise<A>) {
    try {
      return await run();
    } catch (error) {
      const refusal = asAppError(error);
      if (refusal === undefined || refusal.code === "database_unavailable") throw error;
      return answer(await deps.payments.find(orderId), refusal);
    }
  }

  return {
    confirm: (body) =>
      refusable(body.facts.orderId, async () => {
        const payment = await confirmPayment(body, deps);
        return confirmAnswer(payment, body.paymentKey, deps.moment().psp);
      }),
    close: (body) =>
      refusable(body.facts.orderId, async () => answer(await closePayment(body, deps))),
    refund: (body) =>
      refusable(body.orderId, async () => {
        const { account } = body;
        const { psp } = deps.moment();
        const returning = account && (await returnDeposit({ ...body, account }, deps));
        if (returning) return depositAnswer(returning.payment, returning.paymentKey, psp);
        return refundAnswer(await refundPayment(body, deps), body.key, psp);
      }),
    "refund-account": (body) =>
      refusable(body.orderId, async () => answer(await nameAccount(body, deps))),
    async compare({ orders }) {
      const compared = await Promise.all(
        orders.map(async (order) => {
          const { orderId } = order.facts;
          const open = async () => answer(await openPayment(order, deps));
          return { orderId, ...(await refusable(orderId, open)) };
        }),
      );
      return {
        payments: compared.flatMap(({ payment, refusal }) => (refusal ? [] : (payment ?? []))),
        refused: compared.flatMap(({ orderId, refusal }) => (refusal ? { orderId, refusal } : [])),
      };
    },
    async "query-deposits"(body) {
      await queryDeposits(body, deps);
      return {};
    },
    "query-now": async (body) => ({
      isChanged: false,
      ...(await refusable(body.orderId, async () => {
        const { payment, ...found } = await queryNow(body, deps);
        return { ...answer(payment), ...found };
      })),
    }),
  } satisfies Partial<CallHandlers>;
}

/** Stores a READY payment for each new order. */
export const orderCreatedHandler = (deps: PaymentDeps) =>
  eventHandler(OrderCreated, (facts, message) => openPayment({ facts, message }, deps));
