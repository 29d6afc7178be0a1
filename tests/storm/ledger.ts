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

/** A shopper's request under one Idempotency-Key, and the order ids in its responses: more than one id is an error. */
export type Placing = {
  readonly items: Cart;
  readonly customerName: string;
  readonly customerEmail: string;
  readonly orderIds: Set<string>;
  /** The amount in the response. */
  amount: number;
};

/** Requests and responses of shoppers and the merchant, for the auditor: all responses must be true. */
export type Ledger = {
  /** By Idempotency-Key. */
  readonly placings: Map<string, Placing>;
  /** Orders whose shopper took every step of a payment. */
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
  /** Refund keys that were reported as finally rejected, with their order ids. */
  readonly refusedRefunds: Map<string, string>;
  /** Refunds made by hand in Toss's console: order id → won. */
  readonly byHand: Map<string, number>;
  /** All refund accounts that were provided for an order. */
  readonly accounts: Map<string, RefundAccount[]>;
  /** Orders whose deposit was reversed. */
  readonly takenBack: Set<string>;
  /** False responses. */
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

/** Ids of all acknowledged orders. */
export function acknowledged({ placings }: Ledger): string[] {
  return [...placings.values()].flatMap(({ orderIds }) => [...orderIds]);
}
