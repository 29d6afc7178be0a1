import { Hono } from "hono";
import * as v from "valibot";
import {
  AppError,
  IsoTime,
  KnownPayment,
  OrderFacts,
  OrderId,
  PaymentKey,
  PositiveWon,
  type HistoryEntry,
  type PaymentAnswer,
  type PaymentView,
  type RefundAnswer,
} from "@payflow/shared";
import { asAppError, readJson, type Logger } from "@payflow/shared/http";
import { closePayment } from "../application/close_payment.ts";
import { confirmPayment } from "../application/confirm_payment.ts";
import { erasePersonalData } from "../application/erase_personal_data.ts";
import { nameAccount, returnDeposit } from "../application/name_account.ts";
import { openPayment } from "../application/open_payment.ts";
import type { PaymentDeps } from "../application/ports.ts";
import { queryDeposits } from "../application/query_deposits.ts";
import { refundPayment } from "../application/refund_payment.ts";
import type { Payment } from "../domain/payment.ts";
import { viewOf } from "../domain/snapshot.ts";
import { answer, confirmAnswer, depositAnswer, refundAnswer } from "./payment_answer.ts";

/** Left out by an order of before, which is replaced by a new one after payment was. */
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

/** Facts of five hundred orders with long names. */
const compareLimitBytes = 1024 * 1024;

/** What is read without a decision. */
export type PaymentQueries = {
  findMany(orderIds: readonly string[]): Promise<readonly Payment[]>;
  listChanged(
    page: v.InferOutput<typeof Changed>,
  ): Promise<readonly (PaymentView & { readonly changedAt: string })[]>;
  listHistory(orderId: string): Promise<readonly HistoryEntry[]>;
};

/** What order may ask of payment. Every answer carries the payment whole, so that order can follow it at once. */
export function paymentRoutes(
  deps: PaymentDeps & Parameters<typeof erasePersonalData>[1],
  options: {
    readonly queries: PaymentQueries;
    readonly log: Logger;
  },
): Hono {
  const { log } = options;
  const { psp } = deps.moment();

  async function confirm(command: v.InferOutput<typeof Confirm>): Promise<PaymentAnswer> {
    return confirmAnswer(await confirmPayment(command, deps), command.paymentKey, psp);
  }

  async function refund(command: v.InferOutput<typeof Refund>): Promise<RefundAnswer> {
    const { orderId, key, amount, account = null, facts, known } = command;
    const returning =
      account && (await returnDeposit({ orderId, account, amount, facts, known }, deps));
    if (returning) return depositAnswer(returning, psp);
    return refundAnswer(await refundPayment({ ...command, account, amount }, deps), key, psp);
  }

  /** A refusal still tells what the payment is, if there is one. */
  async function refusable(
    orderId: string,
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

  return new Hono()
    .post("/internal/payments/confirm", async (c) => {
      const command = await readJson(c, Confirm);
      return c.json(await refusable(command.facts.orderId, () => confirm(command)));
    })
    .post("/internal/payments/close", async (c) => {
      const command = await readJson(c, Close);
      return c.json(
        await refusable(command.facts.orderId, async () =>
          answer(await closePayment(command, deps)),
        ),
      );
    })
    .post("/internal/payments/refund", async (c) => {
      const command = await readJson(c, Refund);
      return c.json(await refusable(command.orderId, () => refund(command)));
    })
    .post("/internal/payments/refund-account", async (c) => {
      const command = await readJson(c, ProvideAccount);
      return c.json(
        await refusable(command.orderId, async () => answer(await nameAccount(command, deps))),
      );
    })
    .post("/internal/payments/erase", async (c) => {
      const command = await readJson(c, History);
      await erasePersonalData(command, deps);
      return c.json({});
    })
    .post("/internal/payments/compare", async (c) => {
      const { facts, known } = await readJson(c, Compare, compareLimitBytes);
      const compared = await Promise.all(
        facts.map((one, index) =>
          refusable(one.orderId, async () => {
            const command = { facts: one, known: known?.[index] };
            return answer(await openPayment(command, deps));
          }),
        ),
      );
      return c.json({
        payments: compared.flatMap(({ payment, refusal }) =>
          payment && !refusal ? [payment] : [],
        ),
        refused: compared.flatMap(({ refusal }, index) => {
          const orderId = facts[index]?.orderId;
          return refusal ? [{ orderId, refusal }] : [];
        }),
      });
    })
    .post("/internal/payments/ask", async (c) => {
      const { orderIds } = await readJson(c, Find);
      await queryDeposits({ orderIds }, deps, (orderId, err) =>
        log.warn({ orderId, err }, "not queried, will be when it is due"),
      );
      return c.json({});
    })
    .post("/internal/payments/changed", async (c) => {
      const page = await readJson(c, Changed);
      return c.json({ payments: await options.queries.listChanged(page) });
    })
    .post("/internal/payments/history", async (c) => {
      const { orderId } = await readJson(c, History);
      return c.json({ history: await options.queries.listHistory(orderId) });
    })
    .post("/internal/payments/find", async (c) => {
      const { orderIds } = await readJson(c, Find);
      const payments = await options.queries.findMany(orderIds);
      return c.json({
        payments: payments.map((payment) => ({
          ...viewOf(payment),
          paymentKeys: payment.attempts.map(({ paymentKey }) => paymentKey),
        })),
      });
    });
}
