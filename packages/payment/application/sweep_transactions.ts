import { keptOf, type Payment } from "../domain/payment.ts";
import type { PaymentDeps } from "./ports.ts";
import { settlePayment } from "./settle_payment.ts";

/** Each window overlaps the one before: Toss may list a transaction a little after it happened. */
const overlapMs = 10 * 60_000;

/** What is known of one paymentKey's transactions. */
type KnownTransactions = {
  readonly paymentKey: string;
  readonly orderId: string;
  readonly transactionKeys: readonly string[];
  readonly isApproved: boolean;
  readonly isVoided: boolean;
};

export type TransactionSweepDeps = PaymentDeps & {
  /** The payments that have any of these paymentKeys. */
  readonly findByPaymentKeys: (
    paymentKeys: readonly string[],
  ) => Promise<readonly Payment[]>;
  readonly onFault: (orderId: string, error: unknown) => void;
};

/**
 * Reads Toss's own list of approvals and cancels, and asks about every payment of ours that it knows more of than we
 * do: what no webhook told, such as a refund made by hand in Toss's console. Returns how many were asked about.
 */
export function createTransactionSweep(
  deps: TransactionSweepDeps,
): () => Promise<number> {
  let from: string | undefined;
  return async () => {
    const to = deps.moment().now;
    const begin = new Date(Date.parse(from ?? to) - overlapMs).toISOString();
    const listed = await deps.gateway.listTransactions({ from: begin, to });
    const payments = await deps.findByPaymentKeys([
      ...new Set(listed.map((transaction) => transaction.paymentKey)),
    ]);
    const known = new Map(
      payments
        .flatMap(knownTransactions)
        .map((one) => [one.paymentKey, one] as const),
    );
    const behind = new Map<string, Set<string>>();
    for (const { paymentKey, transactionKey, isCancel } of listed) {
      const ours = known.get(paymentKey);
      if (ours === undefined) continue;
      if (
        isCancel
          ? ours.isVoided || ours.transactionKeys.includes(transactionKey)
          : ours.isApproved
      )
        continue;
      behind.set(
        ours.orderId,
        (behind.get(ours.orderId) ?? new Set()).add(paymentKey),
      );
    }
    for (const [orderId, paymentKeys] of behind) {
      try {
        await settlePayment({ orderId, paymentKeys: [...paymentKeys] }, deps);
      } catch (error) {
        deps.onFault(orderId, error);
      }
    }
    from = to;
    return behind.size;
  };
}

function knownTransactions(payment: Payment): KnownTransactions[] {
  const { orderId } = payment;
  const kept = keptOf(payment);
  return payment.attempts.map(({ paymentKey, status }) => {
    const isKept = kept?.paymentKey === paymentKey;
    return {
      ...{ paymentKey, orderId },
      transactionKeys: isKept
        ? kept.cancels.map((cancel) => cancel.transactionKey)
        : [],
      isApproved: isKept || status === "VOIDING" || status === "VOIDED",
      isVoided: status === "VOIDED",
    };
  });
}
