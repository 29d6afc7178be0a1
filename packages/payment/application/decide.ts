import { AppError, type Change, type PaymentEvent } from "@payflow/shared";
import type { Payment } from "../domain/payment.ts";
import type { PaymentDeps } from "./ports.ts";

/** So many others in a row got in between only when something is wrong. */
const staleMax = 20;

type Decision = Change<Payment, PaymentEvent>;

/**
 * Loads, decides and saves until the decision was made on the newest version. `decide` returns undefined when there
 * is nothing to change. Returns the payment as it then is.
 */
export async function decideAndSave(
  options: {
    readonly orderId: string;
    readonly cause: string;
    readonly detail?: unknown;
    /** The payment when none has been saved yet. Without it such a payment throws AppError `payment_not_found`. */
    readonly open?: (() => Payment) | undefined;
    readonly decide: (
      payment: Payment,
    ) => Decision | undefined | Promise<Decision | undefined>;
    readonly message?:
      { readonly id: string; readonly topic: string } | undefined;
  },
  deps: Pick<PaymentDeps, "payments">,
): Promise<Payment> {
  const { orderId, cause, detail, message } = options;
  for (let stale = 0; stale < staleMax; stale++) {
    const loaded = (await deps.payments.find(orderId)) ?? options.open?.();
    if (loaded === undefined) throw paymentNotFound(orderId);
    const change = await options.decide(loaded);
    if (change === undefined) return loaded;
    const result = await deps.payments.save(change, {
      cause,
      ...(detail === undefined ? {} : { detail }),
      ...(message === undefined ? {} : { message }),
    });
    if (result === "saved") return change.state;
    if (result === "handled") return loaded;
  }
  throw new AppError(
    "unavailable",
    "payment_busy",
    `Payment of order "${orderId}" is being changed by many at once`,
    {
      retryAfterSeconds: 1,
    },
  );
}

export function paymentNotFound(orderId: string): AppError {
  return new AppError(
    "not_found",
    "payment_not_found",
    `There is no payment for order "${orderId}" (yet)`,
  );
}
