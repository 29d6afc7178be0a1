// One payment session at Toss, and the requests for it.
import type { Charge } from "@payflow/payment/testing";

export type SessionRequest = {
  readonly paymentKey: string;
  readonly orderId: string;
  readonly amount: number;
  readonly taxFreeAmount: number;
  readonly method: "card" | "account";
  /** Toss accepts a confirm with another amount, and approves the session's amount. */
  readonly takesAnyAmount: boolean;
  readonly isAuthenticated: boolean;
};

export type Session = SessionRequest & {
  readonly openedAtMs: number;
  payment: Charge;
  /** All snapshots of the payment, each with its start time. */
  readonly snapshots: {
    readonly sinceMs: number;
    readonly payment: Charge;
  }[];
  captures: number;
  /** To which account each cancel paid, by its transactionKey. */
  readonly paidTo: Map<string, string>;
  /** Accounts of the cancels that Toss refused. */
  readonly refusedAccounts: Set<string>;
};

export type ConfirmRequest = {
  readonly paymentKey: string;
  readonly orderId: string;
  readonly amount: number;
  readonly idempotencyKey: string;
};

export type CancelRequest = {
  readonly paymentKey: string;
  readonly reason: string;
  readonly mark?: string;
  readonly idempotencyKey: string;
  readonly amount?: number;
  readonly taxFreeAmount?: number;
  readonly refundableAmount?: number;
  readonly account?: { readonly accountNumber: string } | null;
};

export function newSession(request: SessionRequest, nowMs: number): Session {
  const { paymentKey, orderId, amount, taxFreeAmount, method, isAuthenticated } = request;
  const payment: Charge = {
    paymentKey,
    orderId,
    totalAmount: amount,
    balanceAmount: amount,
    taxFreeAmount,
    status: isAuthenticated ? "IN_PROGRESS" : "READY",
    currency: "KRW",
    method: method === "card" ? "카드" : "가상계좌",
    approvedAt: null,
    receiptUrl: null,
    virtualAccount: null,
    refundLimits: { wholeOnly: false, until: null },
    cashReceipt: null,
    isEscrow: false,
    cancels: [],
    failure: null,
    transactionKey: null,
    card: null,
    vat: null,
    payout: null,
    secret: null,
  };
  const snapshots = [{ sinceMs: nowMs, payment }];
  const accounts = { paidTo: new Map<string, string>(), refusedAccounts: new Set<string>() };
  const money = { payment, snapshots, captures: 0, ...accounts };
  return { ...request, openedAtMs: nowMs, ...money };
}

/** The amount that Toss holds: approved minus cancelled. */
export function held({ payment }: Session): number {
  return payment.approvedAt === null ? 0 : payment.balanceAmount;
}
