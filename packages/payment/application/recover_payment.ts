import { AppError, type Doubt, type KnownPayment } from "@payflow/shared";
import type { Charge } from "../domain/charge.ts";
import type { Payment } from "../domain/payment.ts";
import { bringsNews, keysOfOrder, rebuilt, spanOfOrder } from "../domain/recovery.ts";
import type { PaymentDeps } from "./ports.ts";

/**
 * Rebuilds a row that order doubts, from the PSP and from what order knows; no decision is made on the row before.
 * Throws AppError `payment_recovering` without a response of the PSP, `payment_unrecoverable` if the PSP does not show
 * what order knows (manual review). Returns the version that matches the PSP; undefined if another change came first.
 */
export async function recoverPayment(
  payment: Payment,
  { doubt, known }: { readonly doubt: Doubt | "unproven"; readonly known: KnownPayment },
  deps: PaymentDeps,
): Promise<number | undefined> {
  const { orderId } = payment;
  const shown = await shownByPsp(payment, known, deps);
  await deps.faultPoint("recover:queried");
  if (shown === undefined) throw recovering(orderId);
  const isSound = doubt === "unproven" || known.snapshot === null;
  if (isSound && !bringsNews(payment, shown, deps.moment())) return payment.version;
  const change = rebuilt(payment, known, shown, deps.moment());
  if (change === undefined) {
    if (!(await deps.proof.needsReview({ orderId, doubt, had: payment.version })))
      throw recovering(orderId);
    const text = `The payment provider does not show the known payment of order "${orderId}"; nothing is charged or refunded before a manual review`;
    throw new AppError("conflict", "payment_unrecoverable", text);
  }
  const { paymentVersion = 0 } = known.snapshot ?? {};
  const { paymentKey = null } = change.state.kept ?? {};
  const detail = { doubt, had: payment.version, known: paymentVersion, paymentKey };
  const { actor } = deps.moment().psp;
  const write = { follows: payment.version, cause: "recoverPayment", detail, actor };
  const result = await deps.payments.save(change, write);
  if (result === "saved") deps.proof.onRebuilt({ orderId, doubt });
  return result === "saved" ? change.state.version : undefined;
}

function recovering(orderId: string): AppError {
  const text = `The payment of order "${orderId}" is being recovered from the payment provider; nothing is charged or refunded meanwhile`;
  return new AppError("unavailable", "payment_recovering", text, { retryAfterSeconds: 5 });
}

/** Every charge that the PSP shows for the order; undefined if a query failed. */
async function shownByPsp(
  payment: Payment,
  known: KnownPayment,
  { gateway, moment }: PaymentDeps,
): Promise<readonly Charge[] | undefined> {
  const span = spanOfOrder(payment, known, moment());
  const [newest, listed] = await Promise.all([
    gateway.findByOrder(payment.orderId),
    gateway.listTransactions(span).catch(() => undefined),
  ]);
  if (listed === undefined || newest.kind === "unknown") return undefined;
  const newestKey = newest.kind === "payment" ? newest.payment.paymentKey : undefined;
  const others = keysOfOrder(payment, listed).filter((paymentKey) => paymentKey !== newestKey);
  const found = await Promise.all(others.map((key) => gateway.find(key, payment.orderId)));
  if (found.some(({ kind }) => kind === "unknown")) return undefined;
  return [newest, ...found].flatMap((one) => (one.kind === "payment" ? one.payment : []));
}
