import { AppError, type Doubt, type KnownPayment } from "@payflow/shared";
import type { Charge } from "../domain/charge.ts";
import type { Payment } from "../domain/payment.ts";
import { bringsNews, keysOfOrder, rebuilt, spanOfOrder } from "../domain/recovery.ts";
import type { PaymentDeps } from "./ports.ts";

/**
 * Rebuilds a row that order has reason to doubt, from the PSP and from what order knows; nothing is decided on such a
 * row before. Throws AppError `payment_recovering` when the PSP does not answer, `payment_unrecoverable` when it shows
 * other than order knows, which needs manual review. Returns the version that has what the PSP shows, unless overtaken.
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
    if (!(await deps.needsReview({ orderId, doubt, had: payment.version })))
      throw recovering(orderId);
    const text = `The payment provider does not show what order "${orderId}" knows of its payment; nothing is charged or returned before somebody has looked at both`;
    throw new AppError("conflict", "payment_unrecoverable", text);
  }
  const { paymentVersion = 0 } = known.snapshot ?? {};
  const { paymentKey = null } = change.state.kept ?? {};
  const detail = { doubt, had: payment.version, known: paymentVersion, paymentKey };
  const { actor } = deps.moment().psp;
  const write = { follows: payment.version, cause: "recoverPayment", detail, actor };
  const result = await deps.payments.save(change, write);
  if (result === "saved") await deps.onRebuilt({ orderId, doubt });
  return result === "saved" ? change.state.version : undefined;
}

function recovering(orderId: string): AppError {
  const text = `What became of the payment of order "${orderId}" is being learnt from the payment provider anew; nothing is charged or returned meanwhile`;
  return new AppError("unavailable", "payment_recovering", text, { retryAfterSeconds: 5 });
}

/** All that the PSP shows of the order; undefined when any of it could not be learnt. */
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
