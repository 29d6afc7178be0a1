import { AppError, type Doubt, type KnownPayment } from "@payflow/shared";
import { keptOf, type Payment } from "../domain/payment.ts";
import { bringsNews, keysOfOrder, rebuilt, spanOfOrder } from "../domain/recovery.ts";
import type { TossPayment } from "../domain/toss_payment.ts";
import type { PaymentDeps } from "./ports.ts";

/**
 * Rebuilds a row that order has reason to doubt, from Toss and from what order knows; nothing is decided on such a row
 * before. Throws AppError `payment_recovering` when Toss does not answer, `payment_unrecoverable` when Toss shows other
 * than order knows: that is a person's to settle. Returns the version that has all that Toss shows.
 */
export async function recoverPayment(
  payment: Payment,
  doubted: {
    readonly doubt: Doubt | "unproven";
    readonly known: KnownPayment;
  },
  deps: PaymentDeps,
): Promise<number> {
  const { doubt, known } = doubted;
  const { orderId } = payment;
  const shown = await shownByToss(payment, known, deps);
  await deps.faultPoint("recover:asked");
  if (shown === undefined) throw recovering(orderId);
  const isSound = doubt === "unproven" || known.snapshot === null;
  if (isSound && !bringsNews(payment, shown, deps.moment())) return payment.version;
  const change = rebuilt(payment, known, shown, deps.moment());
  if (change === undefined) {
    await deps.onRecovery({ orderId, doubt, isHealed: false });
    throw unrecoverable(orderId);
  }
  const result = await deps.payments.save(change, {
    follows: payment.version,
    cause: "recoverPayment",
    detail: {
      doubt,
      had: payment.version,
      known: known.snapshot?.paymentVersion ?? 0,
      paymentKey: keptOf(change.state)?.paymentKey ?? null,
    },
  });
  if (result === "saved") await deps.onRecovery({ orderId, doubt, isHealed: true });
  return change.state.version;
}

/** All that Toss knows of the order; undefined when any of it could not be learnt. */
async function shownByToss(
  payment: Payment,
  known: KnownPayment,
  { gateway, moment }: PaymentDeps,
): Promise<readonly TossPayment[] | undefined> {
  const span = spanOfOrder(payment, known, moment().now);
  const [newest, listed] = await Promise.all([
    gateway.findByOrder(payment.orderId),
    gateway.listTransactions(span).catch(() => undefined),
  ]);
  if (listed === undefined || newest.kind === "unknown") return undefined;
  const shown = newest.kind === "payment" ? [newest.payment] : [];
  const others = keysOfOrder(payment, listed).filter((paymentKey) =>
    shown.every((one) => one.paymentKey !== paymentKey),
  );
  for (const finding of await Promise.all(others.map(gateway.find))) {
    if (finding.kind === "unknown") return undefined;
    if (finding.kind === "payment") shown.push(finding.payment);
  }
  return shown;
}

function unrecoverable(orderId: string): AppError {
  return new AppError(
    "conflict",
    "payment_unrecoverable",
    `Toss does not show what order "${orderId}" knows of its payment; nothing is charged or returned before somebody has looked at both`,
  );
}

function recovering(orderId: string): AppError {
  return new AppError(
    "unavailable",
    "payment_recovering",
    `What became of the payment of order "${orderId}" is being learnt from Toss anew; nothing is charged or returned meanwhile`,
    { retryAfterSeconds: 5 },
  );
}
