import type { Actor, KnownPayment, OrderFacts } from "@payflow/shared";
import { AppError } from "@payflow/shared";
import { closePayment as decideClose } from "../domain/closing.ts";
import { openPayment, type Payment } from "../domain/payment.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";
import { settlePayment } from "./settle_payment.ts";

/**
 * Closes an unpaid order for whoever cancels it. Of an order that payment has not heard of it makes a closed row, so
 * that a late OrderCreated opens nothing. Throws AppError `order_not_cancelable` when it is, or just got, paid;
 * `close_pending` when Toss has not said yet whether a deposit was faster.
 */
export async function closePayment(
  command: {
    readonly facts: OrderFacts;
    readonly known?: KnownPayment | undefined;
    readonly by?: Actor | undefined;
  },
  deps: PaymentDeps,
): Promise<Payment> {
  const { facts, known, by } = command;
  const payment = await decideAndSave(
    {
      orderId: facts.orderId,
      cause: "closePayment",
      known,
      ...(by === undefined ? {} : { detail: { by } }),
      needsProof: true,
      open: () => openPayment(facts, deps.moment().now),
      decide: (loaded) => decideClose(loaded, "canceled", deps.moment()),
    },
    deps,
  );
  await deps.faultPoint("close:stored");
  if (payment.status !== "WAITING_FOR_DEPOSIT") return payment;
  const settled = await settlePayment({ orderId: facts.orderId }, deps);
  if (settled.status === "CANCELED" || settled.status === "EXPIRED") return settled;
  if (settled.status === "WAITING_FOR_DEPOSIT") {
    throw new AppError(
      "unavailable",
      "payment_unavailable",
      `Toss has not confirmed yet that the account of order "${facts.orderId}" is closed; it is being asked again`,
      { retryAfterSeconds: 5 },
    );
  }
  throw new AppError(
    "conflict",
    "order_not_cancelable",
    `Cannot cancel order "${facts.orderId}": its deposit has arrived`,
  );
}
