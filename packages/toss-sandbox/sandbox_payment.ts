// What the sandbox knows of a payment, and the steps that time alone takes.
// Pure: decisions live in sandbox_confirm, sandbox_cancel and sandbox_deposit.

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

/** Where the money of a deposit goes back to. */
export type RefundAccount = {
  readonly bank: string;
  readonly accountNumber: string;
  readonly holderName: string;
};

export type Cancel = {
  readonly transactionKey: string;
  /** Toss shows it in no answer; the auditor's list does. */
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
  readonly refundStatus: "NONE" | "PENDING";
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
  /** The wallet in front of a card, `TOSSPAY` for example. */
  readonly wallet: string | null;
  readonly cardIssuer: string;
  readonly installmentMonths: number;
  readonly useEscrow: boolean;
  /** What the buyer chose in the window; a file of an earlier version has none. */
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
  /** The window's first language; a file of an earlier version has none, which is Korean. */
  readonly language?: Language;
  /** The page that opened the window: the only one that hears from its iframe. */
  readonly openerOrigin: string | null;
  /** How long a virtual account waits: a span, or a fixed time. */
  readonly depositWithin: { readonly ms: number } | { readonly until: number };
  readonly bankCode: string;
  readonly virtualAccount: VirtualAccount | null;
  /** How often money was taken and not taken back again by the bank. */
  readonly approvals: number;
  /** What the buyer chose in the window to happen at the next confirm. */
  readonly atConfirm: Fault | null;
};

/** A row of `GET /v1/transactions`. */
export type Transaction = {
  readonly transactionKey: string;
  readonly status: PaymentStatus;
  readonly at: number;
  readonly amount: number;
};

/** A payment's next state with all that must become true together with it. */
export type Change = {
  readonly payment: Payment;
  readonly transaction?: Transaction;
  /** Webhooks to send: the full payment, or the short note on a deposit. */
  readonly events: readonly ("PAYMENT_STATUS_CHANGED" | "DEPOSIT_CALLBACK")[];
};

/** Toss keeps the window open for 30 minutes, and an authentication for 10. */
const windowMs = 30 * 60_000;
const authenticationMs = 10 * 60_000;

/** When the payment expires unless something happens first; null if it never does. */
export function expiresAt(payment: Payment): number | null {
  if (payment.status === "READY") return payment.requestedAt + windowMs;
  if (payment.status === "IN_PROGRESS" && payment.authenticatedAt !== null) {
    return payment.authenticatedAt + authenticationMs;
  }
  return null;
}

/** Undefined while the payment's time has not run out. */
export function expire(payment: Payment, now: number): Change | undefined {
  const due = expiresAt(payment);
  if (due === null || now <= due) return undefined;
  return expired(payment);
}

/** The payment once its time is over. */
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

/** The end of a payment that was declined, in the window or at confirm. */
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

/** Escrow, phone bills, tax-exempt cards and gift certificates go back whole or not at all. */
export function isPartialCancelable(payment: Payment): boolean {
  return (
    !payment.useEscrow &&
    payment.method !== "MOBILE_PHONE" &&
    !payment.method.endsWith("GIFT_CERTIFICATE") &&
    !(payment.method === "CARD" && payment.taxExemptionAmount > 0)
  );
}
