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

/** What one shopper ordered under one Idempotency-Key, and the orders that they were told of: one, or something is wrong. */
export type Placing = {
  readonly items: Cart;
  readonly customerName: string;
  readonly customerEmail: string;
  readonly orderIds: Set<string>;
  /** What the answer said that it costs. */
  amount: number;
};

/** What shoppers and the merchant asked for and were told, for the auditor: all of it must be true. */
export type Ledger = {
  /** By Idempotency-Key. */
  readonly placings: Map<string, Placing>;
  /** Orders whose shopper did all that it takes to pay. */
  readonly meantToPay: Set<string>;
  /** Orders of which somebody was told that they are paid. */
  readonly paid: Set<string>;
  /** paymentKeys of which somebody was told that nothing was charged. */
  readonly declined: Set<string>;
  /** Orders of which somebody was told that they are cancelled, unpaid. */
  readonly canceled: Set<string>;
  /** Refunds that the merchant asked for, by key. */
  readonly refundsAsked: Map<string, { orderId: string; amount: number }>;
  /** Refund key → what was told to be returned, and of which order. */
  readonly refunded: Map<string, { orderId: string; amount: number }>;
  /** Refund keys that were told to be refused for good. */
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
    refundsAsked: new Map(),
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
