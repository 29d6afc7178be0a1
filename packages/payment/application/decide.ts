import { AppError, doubtOf } from "@payflow/shared";
import type { CallBody, Doubt, FromOrder, KnownPayment, Recorded } from "@payflow/shared";
import type { Decision } from "../domain/change.ts";
import { openPayment, type Payment } from "../domain/payment.ts";
import { snapshotOf } from "../domain/snapshot.ts";
import type { PaymentDeps } from "./ports.ts";
import { recoverPayment } from "./recover_payment.ts";

/** More optimistic-lock conflicts in a row than this mean that something is wrong. */
const staleMax = 20;

export type Decided = { readonly payment: Payment; readonly isChanged: boolean };

/**
 * Loads, decides and saves, and retries until the decision was made on the newest version. `decide` returns undefined
 * when there is nothing to change; the message is then recorded as handled. Returns the payment, and whether this
 * decision changed it. A row that this caller cannot rely on is rebuilt first. Throws AppError `payment_not_found`,
 * `payment_busy`, or as `recoverPayment` does.
 */
export async function decideAndSave(
  deps: PaymentDeps,
  options: Recorded & {
    readonly orderId: string;
    /** Empty for an order that order's database has lost. */
    readonly from?: Pick<CallBody<"refund">, keyof FromOrder>;
    /** Opens a payment if there is no row; "when lost": only if order knows of a payment. */
    readonly opens?: "always" | "when lost";
    /** The payment as the caller loaded or saved it; used instead of the first read. */
    readonly loaded?: Payment;
    /** Set if the decision would be wrong on a row that lost changes which order does not know either. */
    readonly needsProof?: boolean;
    readonly decide: (payment: Payment) => Decision | Promise<Decision>;
  },
): Promise<Decided> {
  const { orderId, from, opens, needsProof, decide, loaded: given, ...recorded } = options;
  const { facts, known } = from ?? {};
  let held = given;
  let provenVersion: number | undefined;
  for (let stale = 0; stale < staleMax; stale++) {
    const loaded = held ?? (await deps.payments.find(orderId)) ?? opened();
    held = undefined;
    if (loaded === undefined) {
      const text = `There is no payment for order "${orderId}" (yet)`;
      throw new AppError("not_found", "payment_not_found", text);
    }
    const doubt = known && (await doubted(loaded, known));
    if (doubt) {
      provenVersion = await recoverPayment(loaded, { doubt, known }, deps);
      if (provenVersion !== loaded.version) continue;
    }
    const change = await decide(loaded);
    const isReschedule = change?.state.version === loaded.version;
    if (!change || (isReschedule && change.state.scheduleVersion === loaded.scheduleVersion)) {
      if (recorded.message !== undefined) await deps.payments.markHandled(recorded.message);
      return { payment: loaded, isChanged: false };
    }
    const isRescheduled = isReschedule && (await deps.payments.saveSchedule(change.state));
    const result = isReschedule ? "stale" : await deps.payments.save(change, recorded);
    if (isRescheduled || result === "saved") return { payment: change.state, isChanged: true };
    if (result === "handled") return { payment: loaded, isChanged: false };
  }
  const text = `Payment of order "${orderId}" is being changed by many requests at once; retry`;
  throw new AppError("unavailable", "payment_busy", text, { retryAfterSeconds: 1 });

  function opened(): Payment | undefined {
    const isToOpen = opens === "when lost" ? known?.snapshot : opens;
    return facts && isToOpen ? openPayment(facts) : undefined;
  }

  async function doubted(payment: Payment, sent: KnownPayment): Promise<Doubt | "unproven" | null> {
    // this version has just been compared with the PSP
    if (provenVersion === payment.version) return null;
    const row = payment.version === 0 ? undefined : snapshotOf(payment);
    const doubt = doubtOf(row, sent.snapshot);
    if (doubt !== null) return doubt;
    if (row === undefined && (await deps.proof.hasUnclaimed(orderId))) return "behind";
    if (!needsProof || (await deps.proof.isProven())) return null;
    return "unproven";
  }
}
