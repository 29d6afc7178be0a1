import { Hono } from "hono";
import * as v from "valibot";
import {
  AppError,
  OrderFacts,
  OrderId,
  PaymentKey,
  PositiveWon,
} from "@payflow/shared";
import { pause, readJson, type Logger } from "@payflow/shared/runtime";
import { closePayment } from "../application/close_payment.ts";
import { confirmPayment } from "../application/confirm_payment.ts";
import type { PaymentDeps } from "../application/ports.ts";
import { isOpen } from "../domain/attempt.ts";
import { attemptOf, type Payment } from "../domain/payment.ts";
import { answer, confirmAnswer, type PaymentAnswer } from "./payment_answer.ts";

const Confirm = v.object({
  paymentKey: PaymentKey,
  amount: PositiveWon,
  facts: OrderFacts,
});
const Close = v.object({ facts: OrderFacts });
const Find = v.object({ orderIds: v.pipe(v.array(OrderId), v.maxLength(500)) });

/** How often a call that waits for another call's confirm looks at the row. */
const lookEveryMs = 100;

/** What order may ask of payment. Every answer carries the payment whole, so that order can follow it at once. */
export function paymentRoutes(
  deps: PaymentDeps,
  options: {
    readonly confirmWaitMs: number;
    readonly findMany: (
      orderIds: readonly string[],
    ) => Promise<readonly Payment[]>;
    readonly log: Logger;
  },
): Hono {
  const { confirmWaitMs, log } = options;

  async function confirm(
    command: v.InferOutput<typeof Confirm>,
  ): Promise<PaymentAnswer> {
    const { paymentKey, facts } = command;
    const { payment, outcome } = await confirmPayment(command, deps);
    if (outcome) {
      const known = outcome.catch((error: unknown) => {
        log.error(
          { orderId: facts.orderId, err: error },
          "outcome of a confirm not recorded yet, will be asked for",
        );
        return undefined;
      });
      const settled = await Promise.race([known, pause(confirmWaitMs)]);
      return confirmAnswer(settled ?? payment, paymentKey);
    }
    const giveUpAtMs = performance.now() + confirmWaitMs;
    let current = payment;
    while (
      isOpen(attemptOf(current, paymentKey)) &&
      performance.now() < giveUpAtMs
    ) {
      await pause(lookEveryMs);
      current = (await deps.payments.find(facts.orderId)) ?? current;
    }
    return confirmAnswer(current, paymentKey);
  }

  /** A refusal still tells what the payment is, if there is one. */
  async function refusable(
    orderId: string,
    run: () => Promise<PaymentAnswer>,
  ): Promise<PaymentAnswer> {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "database_unavailable")
        throw error;
      return answer(await deps.payments.find(orderId), error);
    }
  }

  return new Hono()
    .post("/internal/payments/confirm", async (c) => {
      const command = await readJson(c, Confirm);
      return c.json(
        await refusable(command.facts.orderId, () => confirm(command)),
      );
    })
    .post("/internal/payments/close", async (c) => {
      const { facts } = await readJson(c, Close);
      return c.json(
        await refusable(facts.orderId, async () =>
          answer(await closePayment({ facts }, deps)),
        ),
      );
    })
    .post("/internal/payments/find", async (c) => {
      const { orderIds } = await readJson(c, Find);
      const payments = await options.findMany(orderIds);
      return c.json({
        payments: payments.map((payment) => answer(payment).payment),
      });
    });
}
