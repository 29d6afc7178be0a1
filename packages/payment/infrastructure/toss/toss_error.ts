import type { Refusal } from "../../domain/charge.ts";

/** Error codes by meaning. A code that is not listed is `unknown`: Toss is queried before any conclusion. */
type Codes = Partial<Record<Refusal["kind"], string>>;

/** Codes with which Toss refuses the account for a refund. */
const accountCodes = `
    INVALID_REFUND_ACCOUNT_INFO INVALID_REFUND_ACCOUNT_NUMBER INVALID_BANK
    FORBIDDEN_BANK_REFUND_REQUEST ACCOUNT_OWNER_CHECK_FAILED ALREADY_CLOSE_ACCOUNT
    INVALID_ACCOUNT_NOT_CORRECT_BANK INVALID_ACCOUNT_NUMBER USER_ACCOUNT_ON_HOLD
    INVALID_ACCOUNT_NUMBER_OR_UNAVAILABLE NOT_ALLOWED_REFUND_BANK`;

/**
 * Error codes of `POST /v1/payments/confirm`, classified by their descriptions in
 * https://docs.tosspayments.com/reference/error-codes#결제-승인, in the list of all codes above it, and for keys in
 * https://docs.tosspayments.com/reference/using-api/authorization.
 */
const confirmCodes = {
  declined: `
    EXCEED_MAX_CARD_INSTALLMENT_PLAN INVALID_CARD_INSTALLMENT_PLAN
    NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN
    NOT_ALLOWED_POINT_USE INVALID_REJECT_CARD INVALID_CARD_EXPIRATION INVALID_STOPPED_CARD
    INVALID_CARD_LOST_OR_STOLEN INVALID_CARD_NUMBER BELOW_MINIMUM_AMOUNT EXCEED_MAX_AMOUNT
    EXCEED_MAX_DAILY_PAYMENT_COUNT EXCEED_MAX_PAYMENT_AMOUNT
    EXCEED_MAX_MONTHLY_PAYMENT_AMOUNT EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT
    EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT RESTRICTED_TRANSFER_ACCOUNT
    INVALID_ACCOUNT_INFO_RE_REGISTER NOT_AVAILABLE_PAYMENT REJECT_CARD_PAYMENT
    REJECT_ACCOUNT_PAYMENT REJECT_CARD_COMPANY REJECT_TOSSPAY_INVALID_ACCOUNT
    EXCEED_MAX_AUTH_COUNT EXCEED_MAX_ONE_DAY_AMOUNT NOT_AVAILABLE_BANK INVALID_PASSWORD
    FDS_ERROR`,
  session_gone: "NOT_FOUND_PAYMENT_SESSION NOT_FOUND_PAYMENT",
  // temporary, or processed already: the payment may still be approved, or is approved
  unknown: "PROVIDER_ERROR CARD_PROCESSING_ERROR ALREADY_PROCESSED_PAYMENT UNAPPROVED_ORDER_ID",
  // an amount other than the payment window's, a key of another pair, a window of another kind
  refused: `
    INVALID_REQUEST INVALID_API_KEY INVALID_PAYMENT_KEY INVALID_ORDER_ID INVALID_CURRENCY
    INVALID_REQUIRED_PARAM NOT_SUPPORTED_METHOD`,
  misconfigured: `
    INVALID_AUTHORIZE_AUTH NOT_FOUND_TERMINAL_ID INVALID_UNREGISTERED_SUBMALL
    NOT_REGISTERED_BUSINESS UNAUTHORIZED_KEY FORBIDDEN_REQUEST INCORRECT_BASIC_AUTH_FORMAT`,
} satisfies Codes;

/** Error codes of `POST /v1/payments/{paymentKey}/cancel` (…/error-codes#결제-취소), and those listed without a call. */
const cancelCodes: Codes = {
  declined: `${accountCodes}
    EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT REFUND_REJECTED NOT_CANCELABLE_PAYMENT
    EXCEED_MAX_REFUND_DUE EXCEED_CANCEL_LIMIT NOT_ALLOWED_PARTIAL_REFUND
    NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER
    INVALID_REFUND_AMOUNT EXCEED_MAX_REFUND_AMOUNT NOT_SUPPORTED_REFUND INVALID_REQUEST`,
  // done already, perhaps by us: a query shows it
  moved: `
    ALREADY_CANCELED_PAYMENT ALREADY_REFUND_PAYMENT NOT_CANCELABLE_AMOUNT
    NOT_MATCHES_REFUNDABLE_AMOUNT`,
  // temporary
  unknown: "PROVIDER_ERROR FORBIDDEN_CONSECUTIVE_REQUEST NOT_AVAILABLE_BANK",
  misconfigured: `
    INVALID_PAYMENT_KEY UNAUTHORIZED_KEY FORBIDDEN_REQUEST INCORRECT_BASIC_AUTH_FORMAT
    NOT_FOUND_PAYMENT`,
};

const codesIn = (list: string) => list.trim().split(/\s+/);

export const refusedAccountCodes = codesIn(accountCodes);
export const sessionGoneCodes = codesIn(
  `${confirmCodes.session_gone} INVALID_PAYMENT_KEY EXPIRED_PAYMENT`,
);

function byCode(codes: Codes): ReadonlyMap<string, Refusal["kind"]> {
  const entries = Object.entries(codes) as [Refusal["kind"], string][];
  return new Map(entries.flatMap(([kind, list]) => codesIn(list).map((code) => [code, kind])));
}

const classes = { confirm: byCode(confirmCodes), cancel: byCode(cancelCodes) };

/** The meaning of an error response. A 5xx, 429 or 409 is `unknown` whatever its code: Toss is not sure. */
export function classifyTossError(
  operation: "confirm" | "cancel",
  status: number,
  code: string,
): Refusal["kind"] {
  if (status >= 500 || status === 429 || status === 409) return "unknown";
  return classes[operation].get(code) ?? "unknown";
}
