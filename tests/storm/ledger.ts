import { openBlame } from "./violation.ts";

export type RefundAccount = {
  readonly bank: string;
  readonly accountNumber: string;
  readonly holderName: string;
};

export type Cart = readonly {
  readonly productId: string;
  readonly quantity: number;
}[];

/** What one shopper ordered under one Idempotency-Key, and the orders in the responses: more than one is an error. */
export type Placing = {
  readonly items: Cart;
  readonly customerName: string;
  readonly customerEmail: string;
  readonly orderIds: Set<string>;
  /** What the answer said that it costs. */
  amount: number;
};

/** Requests and responses of shoppers and the merchant, for the auditor: all responses must be true. */
export type Ledger = {
  /** By Idempotency-Key. */
  readonly placings: Map<string, Placing>;
  /** Orders whose shopper did all that it takes to pay. */
  readonly meantToPay: Set<string>;
  /** Orders that were reported as paid. */
  readonly paid: Set<string>;
  /** paymentKeys that were reported as not charged. */
  readonly declined: Set<string>;
  /** Orders that were reported as cancelled, unpaid. */
  readonly canceled: Set<string>;
  /** Refunds that the merchant requested, by key. */
  readonly refundsRequested: Map<string, { orderId: string; amount: number }>;
  /** Refund key → the amount that was reported as refunded, and its order. */
  readonly refunded: Map<string, { orderId: string; amount: number }>;
  /** Refund keys that were reported as finally refused. */
  readonly refusedRefunds: Map<string, string>;
  /** Refunds made by hand in Toss's console: order id → won. */
  readonly byHand: Map<string, number>;
  /** Every account that anybody named for money of an order, with the sum, if one was named. */
  readonly accounts: Map<string, RefundAccount[]>;
  /** Deposits that the bank took back. */
  readonly takenBack: Set<string>;
  /** Answers that were not true when they were given. */
  readonly lies: ReturnType<typeof openBlame>;
};

export function openLedger(): Ledger {
  return {
    placings: new Map(),
    meantToPay: new Set(),
    paid: new Set(),
    declined: new Set(),
    canceled: new Set(),
    refundsRequested: new Map(),
    refunded: new Map(),
    refusedRefunds: new Map(),
    byHand: new Map(),
    accounts: new Map(),
    takenBack: new Set(),
    lies: openBlame(),
  };
}

/** Order ids of all that was acknowledged. */
export function acknowledged({ placings }: Ledger): string[] {
  return [...placings.values()].flatMap(({ orderIds }) => [...orderIds]);
}
