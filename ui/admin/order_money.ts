import { sumWon } from "@payflow/shared";
import type { AdminOrder, LedgerRow } from "./contract.ts";

export type MoneySums = {
  readonly paid: number;
  readonly refunded: number;
  /** Money that could not be kept and was returned. */
  readonly returned: number;
  readonly kept: number;
};

/** From the ledger; without the payment service, from the order's own data. */
export function moneySums({ money, payment, refundedAmount }: AdminOrder): MoneySums {
  if (money === undefined) {
    const paid = payment?.approvedAt ? payment.amount : 0;
    const returned = payment?.returnedAmount ?? 0;
    return { paid, refunded: refundedAmount, returned, kept: paid - refundedAmount };
  }
  const of = (...kinds: LedgerRow["kind"][]) =>
    sumWon(money.ledger.filter(({ kind }) => kinds.includes(kind)).map(({ amount }) => amount));
  const paid = of("capture", "deposit_reversal");
  // a correction reduces the refunds that were booked
  const refunded = 0 - of("refund", "correction");
  const returned = 0 - of("return");
  return { paid, refunded, returned, kept: paid - refunded - returned };
}
