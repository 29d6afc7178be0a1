// The steps in the browser between requestPayment and confirm: a window opens, the buyer
// authenticates, cancels or is declined, and returns to the shop. Closing the window changes
// nothing.

import * as v from "valibot";
import { Fault } from "./sandbox_faults.ts";
import { abort, cashReceiptTypes, type Payment } from "./sandbox_payment.ts";
import type { SandboxState } from "./sandbox_state.ts";
import { testWishes } from "./test_names.ts";
import { findTossCode, tossCode } from "./toss_codes.ts";
import { newPaymentKey } from "./toss_ids.ts";
import { bankCode, cardIssuer } from "./toss_methods.ts";
import { type SessionRequest, windowLanguage } from "./session_request.ts";
import { parseTossTime } from "./toss_time.ts";

const defaultValidHours = 168;

/** Stores a READY payment with a new paymentKey. */
export function openSession(
  state: SandboxState,
  request: SessionRequest,
  openerOrigin: string | null,
): Payment {
  const now = state.now();
  const options = request.card ?? request.virtualAccount ?? request.transfer;
  const due = request.virtualAccount?.dueDate;
  const hours = request.virtualAccount?.validHours ?? defaultValidHours;
  const payment: Omit<Payment, "paymentKey"> = {
    orderId: request.orderId,
    orderName: request.orderName,
    clientKey: request.clientKey,
    customerKey: request.customerKey ?? null,
    customerName: request.customerName ?? null,
    customerMobilePhone: request.customerMobilePhone ?? null,
    method: request.method,
    wallet:
      request.method === "FOREIGN_EASY_PAY"
        ? (request.foreignEasyPay?.provider ?? "PAYPAL")
        : (request.card?.easyPay ?? null),
    cardIssuer: cardIssuer(request.card?.cardCompany ?? "") ?? "61",
    installmentMonths: request.card?.cardInstallmentPlan ?? 0,
    useEscrow: options?.useEscrow ?? false,
    cashReceipt: wishedReceipt(request),
    cultureExpense: request.virtualAccount?.isCulturalExpenses ?? false,
    currency: request.amount.currency,
    totalAmount: request.amount.value,
    balanceAmount: request.amount.value,
    taxFreeAmount: state.settings().isTaxedOnly ? 0 : (request.taxFreeAmount ?? 0),
    taxExemptionAmount: options?.taxExemptionAmount ?? 0,
    status: "READY",
    requestedAt: now,
    authenticatedAt: null,
    approvedAt: null,
    lastTransactionKey: null,
    secret: null,
    cancels: [],
    failure: null,
    metadata: request.metadata ?? null,
    successUrl: request.successUrl ?? null,
    failUrl: request.failUrl ?? null,
    language: windowLanguage(request),
    openerOrigin: openerOrigin ?? URL.parse(request.successUrl ?? "")?.origin ?? null,
    depositWithin: due == null ? { ms: hours * 3_600_000 } : { until: parseTossTime(due) ?? now },
    bankCode: "20",
    virtualAccount: null,
    approvals: 0,
    atConfirm: null,
  };
  for (;;) {
    const whole: Payment = { ...payment, paymentKey: newPaymentKey(now) };
    if (state.store.insertPayment(whole)) return whole;
  }
}

/** The shop's default for the cash receipt; the buyer can change it in the window. */
function wishedReceipt({ transfer, virtualAccount }: SessionRequest) {
  const { type } = (transfer ?? virtualAccount)?.cashReceipt ?? {};
  return type === "미발행" ? undefined : type;
}

export const Authentication = v.strictObject({
  /** The fault at confirm. {} approves; when omitted, the test name decides. */
  confirm: v.exactOptional(
    v.union([
      v.strictObject({}),
      v.pipe(
        Fault,
        v.check((f) => f.fault !== "stale" && f.fault !== "not_found", "Not at confirm."),
      ),
    ]),
  ),
  /** The cash receipt of a payment by account: for an income deduction, for a business, or none. */
  cashReceipt: v.exactOptional(v.picklist([...cashReceiptTypes, "미발행"])),
  /** The bank of a virtual account, by code or name. */
  bank: v.exactOptional(
    v.pipe(
      v.string(),
      v.check((bank) => bankCode(bank) !== undefined, "INVALID_BANK"),
    ),
  ),
});
export type Authentication = v.InferOutput<typeof Authentication>;

export const Failure = v.strictObject({
  code: v.exactOptional(v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]{2,79}$/))),
  message: v.exactOptional(v.pipe(v.string(), v.maxLength(510))),
});

/** The browser's next URL (null when the shop uses a promise), or why the action is rejected. */
export type WindowOutcome =
  | {
      readonly redirectUrl: string | null;
      readonly code?: string;
      readonly message?: string;
    }
  | { readonly refusal: string };

export function authenticate(
  state: SandboxState,
  payment: Payment,
  authentication: Authentication,
): WindowOutcome {
  if (payment.status !== "READY" && payment.status !== "IN_PROGRESS") return refuse(payment);
  if (payment.status === "READY") {
    const { windowCode, faults = [] } = testWishes(payment) ?? {};
    if (windowCode !== undefined) return failWindow(state, payment, { code: windowCode });
    const named = faults.find((fault) => fault.operation === "confirm");
    const { confirm } = authentication;
    const chosen = confirm !== undefined && "fault" in confirm ? confirm : null;
    const next: Payment = {
      ...payment,
      status: "IN_PROGRESS",
      authenticatedAt: state.now(),
      bankCode: bankCode(authentication.bank ?? payment.bankCode) ?? payment.bankCode,
      cashReceipt: chosenReceipt(payment, authentication),
      atConfirm: confirm === undefined ? (named ?? null) : chosen,
    };
    state.store.atomically(() => state.apply({ payment: next, events: [] }));
    const { paymentKey } = payment;
    const later = faults.filter((fault) => fault !== named);
    if (later.length > 0) state.faults.add(later.map((fault) => ({ ...fault, paymentKey })));
  }
  return {
    redirectUrl: withQuery(payment.successUrl, {
      paymentType: "NORMAL",
      orderId: payment.orderId,
      paymentKey: payment.paymentKey,
      amount: String(payment.totalAmount),
    }),
  };
}

function chosenReceipt({ method, cashReceipt }: Payment, chosen: Authentication) {
  if (method !== "TRANSFER" && method !== "VIRTUAL_ACCOUNT") return undefined;
  if (chosen.cashReceipt === undefined) return cashReceipt;
  return chosen.cashReceipt === "미발행" ? undefined : chosen.cashReceipt;
}

/** The buyer cancels. The payment stays READY until it expires; the URL has no orderId. */
export function cancelWindow(payment: Payment): WindowOutcome {
  if (payment.status !== "READY") return refuse(payment);
  const code = "PAY_PROCESS_CANCELED";
  const message = tossCode(code).ko;
  return { redirectUrl: withQuery(payment.failUrl, { code, message }), code, message };
}

/** The card company or the bank declines the buyer in the window. */
export function failWindow(
  state: SandboxState,
  payment: Payment,
  failure: v.InferOutput<typeof Failure>,
): WindowOutcome {
  if (payment.status !== "READY") return refuse(payment);
  const code = failure.code ?? "PAY_PROCESS_ABORTED";
  const message = failure.message ?? (findTossCode(code) ?? tossCode("PAY_PROCESS_ABORTED")).ko;
  state.store.atomically(() => state.apply(abort(payment, code, message)));
  const query = { code, message, orderId: payment.orderId };
  return { redirectUrl: withQuery(payment.failUrl, query), code, message };
}

function refuse(payment: Payment): WindowOutcome {
  return {
    refusal: `The window of ${payment.paymentKey} is over: the payment is ${payment.status}. Open a new session.`,
  };
}

/** Appends `query` to the query of `address`. */
function withQuery(address: string | null, query: Record<string, string>): string | null {
  if (address === null) return null;
  const url = new URL(address);
  for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
  return url.href;
}
