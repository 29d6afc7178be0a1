/** What an error code of Toss means for money. Whatever is not listed is `unknown`: Toss is asked before anything is concluded. */
export type TossErrorClass =
  "declined" | "session_gone" | "misconfigured" | "unknown";

type Code = readonly [code: string, meaning: TossErrorClass];

/** Error codes of `POST /v1/payments/confirm`: https://docs.tosspayments.com/reference/error-codes#결제-승인 */
const confirmCodes: readonly Code[] = [
  ["EXCEED_MAX_CARD_INSTALLMENT_PLAN", "declined"],
  ["INVALID_CARD_INSTALLMENT_PLAN", "declined"],
  ["NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT", "declined"],
  ["NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN", "declined"],
  ["NOT_ALLOWED_POINT_USE", "declined"],
  ["INVALID_REJECT_CARD", "declined"],
  ["INVALID_CARD_EXPIRATION", "declined"],
  ["INVALID_STOPPED_CARD", "declined"],
  ["INVALID_CARD_LOST_OR_STOLEN", "declined"],
  ["INVALID_CARD_NUMBER", "declined"],
  ["BELOW_MINIMUM_AMOUNT", "declined"],
  ["EXCEED_MAX_AMOUNT", "declined"],
  ["EXCEED_MAX_DAILY_PAYMENT_COUNT", "declined"],
  ["EXCEED_MAX_PAYMENT_AMOUNT", "declined"],
  ["EXCEED_MAX_MONTHLY_PAYMENT_AMOUNT", "declined"],
  ["EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT", "declined"],
  ["EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT", "declined"],
  ["RESTRICTED_TRANSFER_ACCOUNT", "declined"],
  ["INVALID_ACCOUNT_INFO_RE_REGISTER", "declined"],
  ["NOT_AVAILABLE_PAYMENT", "declined"],
  ["REJECT_CARD_PAYMENT", "declined"],
  ["REJECT_ACCOUNT_PAYMENT", "declined"],
  ["REJECT_CARD_COMPANY", "declined"],
  ["REJECT_TOSSPAY_INVALID_ACCOUNT", "declined"],
  ["EXCEED_MAX_AUTH_COUNT", "declined"],
  ["EXCEED_MAX_ONE_DAY_AMOUNT", "declined"],
  ["NOT_AVAILABLE_BANK", "declined"],
  ["INVALID_PASSWORD", "declined"],
  ["FDS_ERROR", "declined"],
  ["NOT_FOUND_PAYMENT_SESSION", "session_gone"],
  ["NOT_FOUND_PAYMENT", "session_gone"],
  // a 400, yet temporary: the answer is cached under its key, and the payment may still go through
  ["PROVIDER_ERROR", "unknown"],
  ["CARD_PROCESSING_ERROR", "unknown"],
  ["ALREADY_PROCESSED_PAYMENT", "unknown"],
  ["UNAPPROVED_ORDER_ID", "unknown"],
  ["INVALID_REQUEST", "misconfigured"],
  ["INVALID_API_KEY", "misconfigured"],
  ["INVALID_AUTHORIZE_AUTH", "misconfigured"],
  ["NOT_FOUND_TERMINAL_ID", "misconfigured"],
  ["INVALID_UNREGISTERED_SUBMALL", "misconfigured"],
  ["NOT_REGISTERED_BUSINESS", "misconfigured"],
  ["UNAUTHORIZED_KEY", "misconfigured"],
  ["FORBIDDEN_REQUEST", "misconfigured"],
  ["INCORRECT_BASIC_AUTH_FORMAT", "misconfigured"],
];

/** Error codes of `POST /v1/payments/{paymentKey}/cancel`: https://docs.tosspayments.com/reference/error-codes#결제-취소 */
const cancelCodes: readonly Code[] = [
  ["INVALID_REFUND_ACCOUNT_INFO", "declined"],
  ["INVALID_REFUND_ACCOUNT_NUMBER", "declined"],
  ["INVALID_BANK", "declined"],
  ["FORBIDDEN_BANK_REFUND_REQUEST", "declined"],
  ["EXCEED_CANCEL_AMOUNT_DISCOUNT_AMOUNT", "declined"],
  ["REFUND_REJECTED", "declined"],
  ["NOT_CANCELABLE_PAYMENT", "declined"],
  ["EXCEED_MAX_REFUND_DUE", "declined"],
  ["EXCEED_CANCEL_LIMIT", "declined"],
  ["NOT_ALLOWED_PARTIAL_REFUND", "declined"],
  ["NOT_ALLOWED_PARTIAL_REFUND_WAITING_DEPOSIT", "declined"],
  ["NOT_CANCELABLE_PAYMENT_FOR_DORMANT_USER", "declined"],
  // done already, perhaps by us: the payment itself tells
  ["ALREADY_CANCELED_PAYMENT", "unknown"],
  ["ALREADY_REFUND_PAYMENT", "unknown"],
  ["NOT_CANCELABLE_AMOUNT", "unknown"],
  ["NOT_MATCHES_REFUNDABLE_AMOUNT", "unknown"],
  ["PROVIDER_ERROR", "unknown"],
  ["FORBIDDEN_CONSECUTIVE_REQUEST", "unknown"],
  ["NOT_AVAILABLE_BANK", "unknown"],
  ["INVALID_REQUEST", "misconfigured"],
  ["UNAUTHORIZED_KEY", "misconfigured"],
  ["FORBIDDEN_REQUEST", "misconfigured"],
  ["INCORRECT_BASIC_AUTH_FORMAT", "misconfigured"],
  ["NOT_FOUND_PAYMENT", "misconfigured"],
];

const classes = {
  confirm: new Map(confirmCodes),
  cancel: new Map(cancelCodes),
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
