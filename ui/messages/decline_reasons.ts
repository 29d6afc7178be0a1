import type { Language } from "../language.ts";

/**
 * Toss's texts for declines, by code (https://docs.tosspayments.com/reference/error-codes). Toss responds in Korean, and
 * a payment keeps only the message of its last failure.
 */
const reasons: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  PAY_PROCESS_ABORTED: {
    ko: "결제 진행 중 승인에 실패하여 결제가 중단되었습니다.",
    en: "The payment was stopped before it was approved.",
  },
  REJECT_CARD_PAYMENT: {
    ko: "한도초과 혹은 잔액부족으로 결제에 실패했습니다.",
    en: "The card's limit was exceeded or its balance was too low.",
  },
  REJECT_ACCOUNT_PAYMENT: {
    ko: "잔액부족으로 결제에 실패했습니다.",
    en: "The account's balance was too low.",
  },
  REJECT_CARD_COMPANY: {
    ko: "결제 승인이 거절되었습니다.",
    en: "The card company refused the payment.",
  },
  INVALID_REJECT_CARD: {
    ko: "카드 사용이 거절되었습니다. 카드사 문의가 필요합니다.",
    en: "The card was refused. Please ask the card company.",
  },
  INVALID_CARD_NUMBER: { ko: "카드번호를 다시 확인해주세요.", en: "Please check the card number." },
  INVALID_CARD_EXPIRATION: {
    ko: "카드 정보를 다시 확인해주세요. (유효기간)",
    en: "Please check the card's expiry date.",
  },
  INVALID_STOPPED_CARD: { ko: "정지된 카드 입니다.", en: "The card is suspended." },
  INVALID_CARD_LOST_OR_STOLEN: {
    ko: "분실 혹은 도난 카드입니다.",
    en: "The card was reported lost or stolen.",
  },
  NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN: {
    ko: "할부가 지원되지 않는 카드입니다.",
    en: "The card does not allow instalments.",
  },
  EXCEED_MAX_AMOUNT: {
    ko: "거래금액 한도를 초과했습니다.",
    en: "The sum is above the limit for one payment.",
  },
  EXCEED_MAX_PAYMENT_AMOUNT: {
    ko: "하루 결제 가능 금액을 초과했습니다.",
    en: "The sum is above what may be paid in a day.",
  },
  EXCEED_MAX_ONE_DAY_AMOUNT: {
    ko: "일일 한도를 초과했습니다.",
    en: "The daily limit was exceeded.",
  },
  EXCEED_MAX_DAILY_PAYMENT_COUNT: {
    ko: "하루 결제 가능 횟수를 초과했습니다.",
    en: "There were too many payments in one day.",
  },
  EXCEED_MAX_AUTH_COUNT: {
    ko: "최대 인증 횟수를 초과했습니다. 카드사로 문의해주세요.",
    en: "There were too many tries to identify yourself. Please ask the card company.",
  },
  EXCEED_MAX_MONTHLY_PAYMENT_AMOUNT: {
    ko: "당월 결제 가능금액인 1,000,000원을 초과 하셨습니다.",
    en: "The monthly limit of ₩1,000,000 was exceeded.",
  },
  EXCEED_MAX_ONE_DAY_WITHDRAW_AMOUNT: {
    ko: "1일 출금 한도를 초과했습니다.",
    en: "The account's daily limit was exceeded.",
  },
  EXCEED_MAX_ONE_TIME_WITHDRAW_AMOUNT: {
    ko: "1회 출금 한도를 초과했습니다.",
    en: "The sum is above the account's limit for one payment.",
  },
  BELOW_MINIMUM_AMOUNT: {
    ko: "신용카드는 결제금액이 100원 이상, 계좌는 200원이상부터 결제가 가능합니다.",
    en: "The sum is below the minimum: ₩100 by card, ₩200 by account.",
  },
  EXCEED_MAX_CARD_INSTALLMENT_PLAN: {
    ko: "설정 가능한 최대 할부 개월 수를 초과했습니다.",
    en: "The card does not allow so many instalments.",
  },
  INVALID_CARD_INSTALLMENT_PLAN: {
    ko: "할부 개월 정보가 잘못되었습니다.",
    en: "The number of instalments is not valid.",
  },
  NOT_SUPPORTED_INSTALLMENT_PLAN_CARD_OR_MERCHANT: {
    ko: "할부가 지원되지 않는 카드 또는 가맹점 입니다.",
    en: "The card or the shop does not allow instalments.",
  },
  NOT_ALLOWED_POINT_USE: {
    ko: "포인트 사용이 불가한 카드로 카드 포인트 결제에 실패했습니다.",
    en: "The card does not allow payment by points.",
  },
  INVALID_PASSWORD: {
    ko: "결제 비밀번호가 일치하지 않습니다.",
    en: "The payment password is wrong.",
  },
  INVALID_ACCOUNT_INFO_RE_REGISTER: {
    ko: "유효하지 않은 계좌입니다. 계좌 재등록 후 시도해주세요.",
    en: "The account is not valid. Please register it again.",
  },
  REJECT_TOSSPAY_INVALID_ACCOUNT: {
    ko: "선택하신 출금 계좌가 출금이체 등록이 되어 있지 않아요.",
    en: "The account is not registered for withdrawals.",
  },
  NOT_AVAILABLE_BANK: {
    ko: "은행 서비스 시간이 아닙니다.",
    en: "The bank's service is closed at this hour.",
  },
  NOT_AVAILABLE_PAYMENT: {
    ko: "결제가 불가능한 시간대입니다.",
    en: "Payments are not possible at this hour.",
  },
  NOT_FOUND_PAYMENT_SESSION: {
    ko: "결제 시간이 만료되었습니다.",
    en: "The payment window has expired.",
  },
  NOT_FOUND_PAYMENT: {
    ko: "존재하지 않는 결제 정보 입니다.",
    en: "Toss has no such payment.",
  },
  RESTRICTED_TRANSFER_ACCOUNT: {
    ko: "계좌는 등록 후 12시간 뒤부터 결제할 수 있습니다.",
    en: "The account can be used 12 hours after its registration.",
  },
  FDS_ERROR: {
    ko: "[토스페이먼츠] 위험거래가 감지되어 결제가 제한됩니다.",
    en: "Toss Payments stopped the payment as a suspected risk.",
  },
};

const general = "PAY_PROCESS_ABORTED";

/** The code when it has a text here, else the general code. */
export function knownReason(code: string): string {
  return Object.hasOwn(reasons, code) ? code : general;
}

/** Toss's message in Korean; in English the text for its code. Undefined when there is neither. */
export function declineReason(
  { code, message }: { readonly code: string; readonly message?: string },
  language: Language,
): string | undefined {
  const known = reasons[code]?.[language];
  const fromToss = message === "" ? undefined : message;
  return language === "ko" ? (fromToss ?? known) : (known ?? fromToss);
}
