// The payment's type, its expiry and its abort. Pure functions; the other changes are in
// sandbox_confirm, sandbox_cancel and sandbox_deposit.

import type { Fault } from "./sandbox_faults.ts";
import { type Language, tossCode } from "./toss_codes.ts";
import type { Method } from "./toss_methods.ts";

export type PaymentStatus =
  | "READY"
  | "IN_PROGRESS"
  | "WAITING_FOR_DEPOSIT"
  | "DONE"
  | "CANCELED"
  | "PARTIAL_CANCELED"
  | "ABORTED"
  | "EXPIRED";

export const cashReceiptTypes = ["소득공제", "지출증빙"] as const;
export type CashReceiptType = (typeof cashReceiptTypes)[number];

/** The buyer's account that a deposit is refunded to. */
export type RefundAccount = {
  readonly bank: string;
  readonly accountNumber: string;
  readonly holderName: string;
};

export type Cancel = {
  readonly transactionKey: string;
  /** Toss returns it in no response; only the audit list shows it. */
  readonly refundReceiveAccount: RefundAccount | null;
  readonly cancelReason: string;
  readonly canceledAt: number;
  readonly cancelAmount: number;
  readonly taxFreeAmount: number;
  readonly taxExemptionAmount: number;
  readonly refundableAmount: number;
};

export type VirtualAccount = {
  readonly accountNumber: string;
  readonly bankCode: string;
  readonly dueAt: number;
  readonly depositorName: string | null;
  readonly refundStatus: "NONE" | "PENDING" | "FAILED" | "COMPLETED";
};

/** All times are milliseconds on the sandbox's clock. */
export type Payment = {
  readonly paymentKey: string;
  readonly orderId: string;
  readonly orderName: string;
  readonly clientKey: string;
  readonly customerKey: string | null;
  readonly customerName: string | null;
  readonly customerMobilePhone: string | null;
  readonly method: Method;
  /** The easy-pay wallet, such as `TOSSPAY`. */
  readonly wallet: string | null;
  readonly cardIssuer: string;
  readonly installmentMonths: number;
  readonly useEscrow: boolean;
  /** The buyer's choice, by default the shop's. Missing in database files of earlier versions. */
  readonly cashReceipt?: CashReceiptType | undefined;
  readonly cultureExpense: boolean;
  readonly currency: string;
  readonly totalAmount: number;
  readonly balanceAmount: number;
  /** Tax-free and exempt parts of the balance. */
  readonly taxFreeAmount: number;
  readonly taxExemptionAmount: number;
  readonly status: PaymentStatus;
  readonly requestedAt: number;
  readonly authenticatedAt: number | null;
  readonly approvedAt: number | null;
  readonly lastTransactionKey: string | null;
  readonly secret: string | null;
  readonly cancels: readonly Cancel[];
  readonly failure: { readonly code: string; readonly message: string } | null;
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly successUrl: string | null;
  readonly failUrl: string | null;
  /** The window's initial language. Missing in files of earlier versions, where it is Korean. */
  readonly language?: Language;
  /** Origin of the page that opened the window; the iframe posts messages only to it. */
  readonly openerOrigin: string | null;
  /** Deposit deadline of a virtual account: a duration after its issue, or a fixed time. */
  readonly depositWithin: { readonly ms: number } | { readonly until: number };
  readonly bankCode: string;
  readonly virtualAccount: VirtualAccount | null;
  /** Number of approvals, less the deposits that the bank reversed. */
  readonly approvals: number;
  /** The fault that the buyer or a test name chose for the next confirm. */
  readonly atConfirm: Fault | null;
};

/** A row of `GET /v1/transactions`. */
export type Transaction = {
  readonly transactionKey: string;
  readonly status: PaymentStatus;
  readonly at: number;
  readonly amount: number;
};

/** A payment's next state, with the transaction and webhooks that must commit with it. */
export type Change = {
  readonly payment: Payment;
  readonly transaction?: Transaction;
  /** Webhooks to send: the whole payment, or the short deposit notification. */
  readonly events: readonly ("PAYMENT_STATUS_CHANGED" | "DEPOSIT_CALLBACK")[];
};

/** Toss's limits: 30 minutes for a window, 10 for an authentication. */
const windowMs = 30 * 60_000;
const authenticationMs = 10 * 60_000;

/** When the payment expires unless its status changes first; null for other statuses. */
export function expiresAt(payment: Payment): number | null {
  if (payment.status === "READY") return payment.requestedAt + windowMs;
  if (payment.status === "IN_PROGRESS" && payment.authenticatedAt !== null) {
    return payment.authenticatedAt + authenticationMs;
  }
  return null;
}

/** The change to EXPIRED; undefined before `expiresAt`. */
export function expire(payment: Payment, now: number): Change | undefined {
  const due = expiresAt(payment);
  if (due === null || now <= due) return undefined;
  return expired(payment);
}

/** The change to EXPIRED at any time. */
export function expired(payment: Payment): Change {
  return {
    payment: {
      ...payment,
      status: "EXPIRED",
      secret: null,
      failure: { code: "EXPIRED_PAYMENT", message: "결제가 만료되었습니다. 다시 시도해주세요." },
    },
    events: ["PAYMENT_STATUS_CHANGED"],
  };
}

/** The change to ABORTED, after a decline in the window or at confirm. */
export function abort(payment: Payment, code: string, message?: string): Change {
  return {
    payment: {
      ...payment,
      status: "ABORTED",
      atConfirm: null,
      failure: { code, message: message ?? tossCode(code).ko },
    },
    events: ["PAYMENT_STATUS_CHANGED"],
  };
}

/** Escrow, phone bills, tax-exempt cards and gift certificates allow only full refunds. */
export function isPartialCancelable(payment: Payment): boolean {
  return (
    !payment.useEscrow &&
    payment.method !== "MOBILE_PHONE" &&
    !payment.method.endsWith("GIFT_CERTIFICATE") &&
    !(payment.method === "CARD" && payment.taxExemptionAmount > 0)
  );
}
