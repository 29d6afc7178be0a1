import type { Payment } from "../domain/payment.ts";
import { findBehind } from "../domain/toss_transaction.ts";
import type { PaymentDeps, SweepProgress } from "./ports.ts";
import { settlePayment } from "./settle_payment.ts";

/** Each window overlaps the one before: Toss may list a transaction a little after it happened. */
const overlapMs = 10 * 60_000;

export type TransactionSweepDeps = PaymentDeps & {
  /** The payments that have any of these paymentKeys. */
  readonly findByPaymentKeys: (
    paymentKeys: readonly string[],
  ) => Promise<readonly Payment[]>;
  readonly progress: SweepProgress;
  /** True for a fault that will pass by itself. */
  readonly isPassing: (error: unknown) => boolean;
  readonly onFault: (orderId: string, error: unknown) => void;
};

/**
 * Reads Toss's own list of approvals and cancels from where the last sweep ended, and asks about every payment of ours
 * that it knows more of than we do: what no webhook told, such as a refund made by hand in Toss's console or a deposit
 * that the bank took back. Returns how many were asked about.
 */
export async function sweepTransactions(
  deps: TransactionSweepDeps,
): Promise<number> {
  const to = deps.moment().now;
  const doneUntil = (await deps.progress.read()) ?? to;
  const from = new Date(Date.parse(doneUntil) - overlapMs).toISOString();
  const listed = await deps.gateway.listTransactions({ from, to });
  const payments = await deps.findByPaymentKeys([
    ...new Set(listed.map((transaction) => transaction.paymentKey)),
  ]);
  const behind = findBehind(listed, payments);
  let isWhole = true;
  for (const [orderId, paymentKeys] of behind) {
    try {
      await deps.faultPoint("transactionSweep:found");
      await settlePayment({ orderId, paymentKeys: [...paymentKeys] }, deps);
      await deps.faultPoint("transactionSweep:settled");
    } catch (error) {
      // a payment that can never be settled must not keep all later sweeps from getting on
      if (deps.isPassing(error)) isWhole = false;
      deps.onFault(orderId, error);
    }
  }
  if (isWhole) await deps.progress.advance(to);
  return behind.size;
}
