import {
  AppError,
  doubtOf,
  type Change,
  type Doubt,
  type KnownPayment,
  type PaymentEvent,
} from "@payflow/shared";
import { snapshotOf, type Payment } from "../domain/payment.ts";
import type { PaymentDeps } from "./ports.ts";
import { recoverPayment } from "./recover_payment.ts";

/** So many others in a row got in between only when something is wrong. */
const staleMax = 20;

type Decision = Change<Payment, PaymentEvent>;

/**
 * Loads, decides and saves until the decision was made on the newest version. `decide` returns undefined when there
 * is nothing to change. Returns the payment as it then is. A row that is not to be relied on for this caller is
 * rebuilt first, or AppError `payment_recovering` thrown.
 */
export async function decideAndSave(
  options: {
    readonly orderId: string;
    readonly cause: string;
    readonly detail?: unknown;
    /** What order knows of the payment, when order asks for the decision. */
    readonly known?: KnownPayment | undefined;
    /** The decision would be wrong on a row that lacks something which order does not know either. */
    readonly needsProof?: boolean;
    /** The payment when none has been saved yet. Without it such a payment throws AppError `payment_not_found`. */
    readonly open?: (() => Payment) | undefined;
    readonly decide: (payment: Payment) => Decision | undefined | Promise<Decision | undefined>;
    readonly message?: { readonly id: string; readonly topic: string } | undefined;
  },
  deps: PaymentDeps,
): Promise<Payment> {
  const { orderId, cause, detail, known, message } = options;
  let learntAt: number | undefined;
  for (let stale = 0; stale < staleMax; stale++) {
    const loaded = (await deps.payments.find(orderId)) ?? options.open?.();
    if (loaded === undefined) throw paymentNotFound(orderId);
    const doubt = known && (await doubted(loaded, known));
    if (doubt) {
      learntAt = await recoverPayment(loaded, { doubt, known }, deps);
      if (learntAt !== loaded.version) continue;
    }
    const change = await options.decide(loaded);
    if (change === undefined) return loaded;
    const { state } = change;
    if (state.version === loaded.version) {
      const isNothing = state.looks === loaded.looks;
      if (isNothing || (await deps.payments.look(state))) return state;
      continue;
    }
    const result = await deps.payments.save(change, {
      cause,
      ...(detail === undefined ? {} : { detail }),
      ...(message === undefined ? {} : { message }),
    });
    if (result === "saved") return state;
    if (result === "handled") return loaded;
  }
  throw busy(orderId);

  async function doubted(payment: Payment, told: KnownPayment): Promise<Doubt | "unproven" | null> {
    // Toss has just been asked about this very version
    if (learntAt === payment.version) return null;
    const row = payment.version === 0 ? undefined : snapshotOf(payment);
    const doubt = doubtOf(row, told.snapshot);
    if (doubt !== null) return doubt;
    if (row === undefined && (await deps.proof.hasUnclaimed(orderId))) return "behind";
    if (!options.needsProof || (await deps.proof.isProven())) return null;
    return "unproven";
  }
}

function busy(orderId: string): AppError {
  return new AppError(
    "unavailable",
    "payment_busy",
    `Payment of order "${orderId}" is being changed by many at once`,
    { retryAfterSeconds: 1 },
  );
}

export function paymentNotFound(orderId: string): AppError {
  return new AppError(
    "not_found",
    "payment_not_found",
    `There is no payment for order "${orderId}" (yet)`,
  );
}
