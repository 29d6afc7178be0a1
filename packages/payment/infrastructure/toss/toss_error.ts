/**
 * What an error code of Toss means for money. Whatever is not listed is `unknown`: Toss is asked before anything is
 * concluded. "moved": refused because the payment has changed before. "refused": whoever opened the payment window can
 * cause it, so it ends the attempt as soon as a query shows no approval.
 */
export type TossErrorClass =
  "declined" | "moved" | "session_gone" | "refused" | "misconfigured" | "unknown";

/** Where Toss publishes the code; what it means for money follows from the sentence that stands there. */
const sources = {
  confirm: "https://docs.tosspayments.com/reference/error-codes#결제-승인",
  cancel: "https://docs.tosspayments.com/reference/error-codes#결제-취소",
  all: "https://docs.tosspayments.com/reference/error-codes",
  key: "https://docs.tosspayments.com/reference/using-api/authorization",
} as const;

type Code = readonly [code: string, meaning: TossErrorClass, source: keyof typeof sources];

/** Error codes of `POST /v1/payments/confirm`. */
const confirmCodes: readonly Code[] = [
  ["EXCEED_MAX_CARD_INSTALLMENT_PLAN", "declined", "confirm"],
  ["INVALID_CARD_INSTALLMENT_PLAN", "declined", "confirm"],
  ["NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT", "declined", "confirm"],
  ["NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN", "declined", "confirm"],
  ["NOT_ALLOWED_POINT_USE", "declined", "confirm"],
  ["INVALID_REJECT_CARD", "declined", "confirm"],
  ["INVALID_CARD_EXPIRATION", "declined", "confirm"],
  ["INVALID_STOPPED_CARD", "declined", "confirm"],
  ["INVALID_CARD_LOST_OR_STOLEN", "declined", "confirm"],
  ["INVALID_CARD_NUMBER", "declined", "confirm"],
  ["BELOW_MINIMUM_AMOUNT", "declined", "confirm"],
  ["EXCEED_MAX_AMOUNT", "declined", "confirm"],
  ["EXCEED_MAX_DAILY_PAYMENT_COUNT", "declined", "confirm"],
  ["EXCEED_MAX_PAYMENT_AMOUNT", "declined", "confirm"],
  ["EXCEED_MAX_MONTHLY_PAYMENT_AMOUNT", "declined", "confirm"],
  ["EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT", "declined", "confirm"],
  ["EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT", "declined", "confirm"],
  ["RESTRICTED_TRANSFER_ACCOUNT", "declined", "confirm"],
  ["INVALID_ACCOUNT_INFO_RE_REGISTER", "declined", "confirm"],
  ["NOT_AVAILABLE_PAYMENT", "declined", "confirm"],
  ["REJECT_CARD_PAYMENT", "declined", "confirm"],
  ["REJECT_ACCOUNT_PAYMENT", "declined", "confirm"],
  ["REJECT_CARD_COMPANY", "declined", "confirm"],
  ["REJECT_TOSSPAY_INVALID_ACCOUNT", "declined", "confirm"],
  ["EXCEED_MAX_AUTH_COUNT", "declined", "confirm"],
  ["EXCEED_MAX_ONE_DAY_AMOUNT", "declined", "confirm"],
  ["NOT_AVAILABLE_BANK", "declined", "confirm"],
  ["INVALID_PASSWORD", "declined", "confirm"],
  ["FDS_ERROR", "declined", "confirm"],
  ["NOT_FOUND_PAYMENT_SESSION", "session_gone", "confirm"],
  ["NOT_FOUND_PAYMENT", "session_gone", "confirm"],
  // a 400, yet temporary: the answer is cached under its key, and the payment may still go through
  ["PROVIDER_ERROR", "unknown", "confirm"],
  ["CARD_PROCESSING_ERROR", "unknown", "confirm"],
  ["ALREADY_PROCESSED_PAYMENT", "unknown", "confirm"],
  ["UNAPPROVED_ORDER_ID", "unknown", "confirm"],
  // another sum than the window was opened for, a key of another pair, a window of another kind
  ["INVALID_REQUEST", "refused", "confirm"],
  ["INVALID_API_KEY", "refused", "confirm"],
  ["INVALID_PAYMENT_KEY", "refused", "all"],
  ["INVALID_ORDER_ID", "refused", "all"],
  ["INVALID_CURRENCY", "refused", "all"],
  ["INVALID_REQUIRED_PARAM", "refused", "all"],
  ["NOT_SUPPORTED_METHOD", "refused", "all"],
  ["INVALID_AUTHORIZE_AUTH", "misconfigured", "confirm"],
  ["NOT_FOUND_TERMINAL_ID", "misconfigured", "confirm"],
  ["INVALID_UNREGISTERED_SUBMALL", "misconfigured", "confirm"],
  ["NOT_REGISTERED_BUSINESS", "misconfigured", "confirm"],
  ["UNAUTHORIZED_KEY", "misconfigured", "key"],
  ["FORBIDDEN_REQUEST", "misconfigured", "confirm"],
  ["INCORRECT_BASIC_AUTH_FORMAT", "misconfigured", "key"],
];

/** Error codes of `POST /v1/payments/{paymentKey}/cancel`. */
const cancelCodes: readonly Code[] = [
  ["INVALID_REFUND_ACCOUNT_INFO", "declined", "cancel"],
  ["INVALID_REFUND_ACCOUNT_NUMBER", "declined", "cancel"],
  ["INVALID_BANK", "declined", "cancel"],
  ["FORBIDDEN_BANK_REFUND_REQUEST", "declined", "cancel"],
  ["EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT", "declined", "cancel"],
  ["REFUND_REJECTED", "declined", "cancel"],
  ["NOT_CANCELABLE_PAYMENT", "declined", "cancel"],
  ["EXCEED_MAX_REFUND_DUE", "declined", "cancel"],
  ["EXCEED_CANCEL_LIMIT", "declined", "cancel"],
  ["NOT_ALLOWED_PARTIAL_REFUND", "declined", "cancel"],
  ["NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT", "declined", "cancel"],
  ["NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER", "declined", "cancel"],
  // listed without the call that gives them; each says that this account, or this payment, can't be refunded
  ["ACCOUNT_OWNER_CHECK_FAILED", "declined", "all"],
  ["ALREADY_CLOSE_ACCOUNT", "declined", "all"],
  ["INVALID_ACCOUNT_NOT_CORRECT_BANK", "declined", "all"],
  ["INVALID_ACCOUNT_NUMBER", "declined", "all"],
  ["INVALID_ACCOUNT_NUMBER_OR_UNAVAILABLE", "declined", "all"],
  ["USER_ACCOUNT_ON_HOLD", "declined", "all"],
  ["INVALID_REFUND_AMOUNT", "declined", "all"],
  ["EXCEED_MAX_REFUND_AMOUNT", "declined", "all"],
  ["NOT_ALLOWED_REFUND_BANK", "declined", "all"],
  ["NOT_SUPPORTED_REFUND", "declined", "all"],
  // done already, perhaps by us: the payment itself tells
  ["ALREADY_CANCELED_PAYMENT", "moved", "cancel"],
  ["ALREADY_REFUND_PAYMENT", "moved", "cancel"],
  ["NOT_CANCELABLE_AMOUNT", "moved", "cancel"],
  ["NOT_MATCHES_REFUNDABLE_AMOUNT", "moved", "cancel"],
  ["PROVIDER_ERROR", "unknown", "cancel"],
  ["FORBIDDEN_CONSECUTIVE_REQUEST", "unknown", "cancel"],
  ["NOT_AVAILABLE_BANK", "unknown", "cancel"],
  ["INVALID_REQUEST", "declined", "cancel"],
  ["INVALID_PAYMENT_KEY", "misconfigured", "all"],
  ["UNAUTHORIZED_KEY", "misconfigured", "key"],
  ["FORBIDDEN_REQUEST", "misconfigured", "cancel"],
  ["INCORRECT_BASIC_AUTH_FORMAT", "misconfigured", "key"],
  ["NOT_FOUND_PAYMENT", "misconfigured", "cancel"],
];

const classes = {
  confirm: new Map(confirmCodes.map(([code, meaning]) => [code, meaning])),
  cancel: new Map(cancelCodes.map(([code, meaning]) => [code, meaning])),
};

/** The meaning of an error answer. A 5xx is unknown whatever its code: Toss itself was not sure. */
export function classifyTossError(
  operation: "confirm" | "cancel",
  status: number,
  code: string,
): TossErrorClass {
  if (status >= 500 || status === 429 || status === 409) return "unknown";
  return classes[operation].get(code) ?? "unknown";
}
