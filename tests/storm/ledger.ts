/** What shoppers and the merchant were told, for the auditor: all of it must be true in the end. */
export type Ledger = {
  /** Idempotency-Key → order id, for every order that was acknowledged. */
  readonly placed: Map<string, string>;
  /** Orders of which somebody was told that they are paid. */
  readonly paid: Set<string>;
  /** paymentKeys of which somebody was told that nothing was charged. */
  readonly declined: Set<string>;
  /** Orders of which somebody was told that they are cancelled, unpaid. */
  readonly canceled: Set<string>;
  /** Refund key → what was told to be returned, and of which order. */
  readonly refunded: Map<string, { orderId: string; amount: number }>;
  /** Refund keys that were told to be refused for good. */
  readonly refusedRefunds: Map<string, string>;
  /** Refunds made by hand in Toss's console: order id → won. */
  readonly byHand: Map<string, number>;
  /** Deposits that the bank took back. */
  readonly takenBack: Set<string>;
};

export function openLedger(): Ledger {
  return {
    ...{ placed: new Map(), refunded: new Map(), byHand: new Map() },
    ...{ paid: new Set(), declined: new Set(), canceled: new Set() },
    ...{ takenBack: new Set(), refusedRefunds: new Map() },
  };
}
