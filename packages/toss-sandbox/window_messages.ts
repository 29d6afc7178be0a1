// The texts of the payment window, of the receipt and of the payment statuses, in both languages.

import type { PaymentStatus } from "./sandbox_payment.ts";
import type { Language } from "./toss_codes.ts";

/** A heading and a sentence. */
type Notice = readonly [title: string, text: string];

const ko = {
  testNotice: "테스트 결제창 — 실제로 결제되지 않습니다",
  test: "테스트",
  pay: "결제하기",
  close: "닫기",
  shop: "가맹점",
  testShop: "테스트 상점",
  method: "결제 수단",
  orderId: "주문번호",
  bank: "입금할 은행",
  cashReceipt: "현금영수증",
  cashReceipts: { 미발행: "신청 안 함", 소득공제: "소득공제용", 지출증빙: "지출증빙용" },
  escrow: "에스크로",
  escrowYes: "적용",
  outcome: "승인 결과 선택",
  outcomeHelp: "가맹점이 승인을 요청할 때 일어날 일을 고릅니다.",
  byName: "이름에 적힌 대로 됩니다. 아래에서 고르면 그것이 먼저입니다.",
  issueAccount: "입금 계좌 발급받기",
  approve: "인증하고 결제하기",
  failures: "인증이 실패하는 경우",
  authenticationFails: "인증 실패",
  cardRefuses: "카드사 거절",
  cancel: "결제 취소",
  backToShop: "가맹점으로 돌아가기",
  language: "언어",
  notFound: ["결제를 찾을 수 없습니다", "가맹점에서 다시 결제해 주세요."] as Notice,
  expired: [
    "결제 시간이 지났습니다",
    "결제 시간이 지나 이 결제는 끝났습니다. 가맹점에서 다시 결제해 주세요.",
  ] as Notice,
  authenticated: [
    "이미 인증한 결제입니다",
    "인증을 이미 마쳤습니다. 가맹점으로 돌아가면 결제가 이어집니다.",
  ] as Notice,
  over: [
    "이미 끝난 결제입니다",
    "이 결제창은 이미 쓰였습니다. 결과는 가맹점에서 확인해 주세요.",
  ] as Notice,
  outcomes: {
    "": "정상 승인",
    "decline:REJECT_CARD_PAYMENT": "거절 — 한도 초과 또는 잔액 부족",
    "decline:REJECT_CARD_COMPANY": "거절 — 카드사 거절",
    "decline:INVALID_STOPPED_CARD": "거절 — 정지된 카드",
    lose_response: "승인되지만 응답이 사라짐",
    error_after: "승인되지만 500 오류로 응답",
    error_before: "승인되지 않고 500 오류로 응답",
    "error_before:PROVIDER_ERROR": "승인되지 않고 일시적인 오류로 응답",
    "delay:5000": "5초 뒤 승인",
    "delay:20000": "20초 뒤 승인",
    "delay:90000": "90초 뒤 승인",
  },
  receipt: "영수증",
  checkout: "결제 내역",
  missing: (title: string) => `${title} 없음`,
  checkAddress: "주소를 다시 확인해 주세요.",
  status: "상태",
  approvedAt: "승인 시각",
  refunded: "취소 금액",
  paymentKey: "결제 키",
  statuses: {
    READY: "결제창 열림",
    IN_PROGRESS: "승인 대기",
    WAITING_FOR_DEPOSIT: "입금 대기",
    DONE: "결제 완료",
    CANCELED: "전액 취소",
    PARTIAL_CANCELED: "부분 취소",
    ABORTED: "승인 실패",
    EXPIRED: "기간 만료",
  } satisfies Record<PaymentStatus, string>,
};

export type WindowMessages = typeof ko;

/** Results of confirm that the buyer can choose: `fault:code`, `fault:ms`, or `""` to approve. */
export type WindowOutcomeName = keyof WindowMessages["outcomes"];

const en: WindowMessages = {
  testNotice: "Test payment window — no money is charged",
  test: "test",
  pay: "Pay",
  close: "Close",
  shop: "Shop",
  testShop: "Test shop",
  method: "Payment method",
  orderId: "Order ID",
  bank: "Bank for the deposit",
  cashReceipt: "Cash receipt",
  cashReceipts: { 미발행: "None", 소득공제: "Income deduction", 지출증빙: "Business expense" },
  escrow: "Escrow",
  escrowYes: "Used",
  outcome: "Result of the confirm",
  outcomeHelp: "What happens when the shop confirms the payment.",
  byName: "The name decides what happens. A choice below goes first.",
  issueAccount: "Get an account to pay into",
  approve: "Authenticate and pay",
  failures: "When authentication fails",
  authenticationFails: "Fail",
  cardRefuses: "Card refused",
  cancel: "Cancel payment",
  backToShop: "Back to the shop",
  language: "Language",
  notFound: ["Payment not found", "Please pay again from the shop."],
  expired: ["The time to pay is over", "This payment has expired. Please pay again from the shop."],
  authenticated: [
    "Already authenticated",
    "Authentication is done. Go back to the shop to go on with the payment.",
  ],
  over: ["This payment is over", "This payment window has been used. The shop shows the result."],
  outcomes: {
    "": "Approved",
    "decline:REJECT_CARD_PAYMENT": "Declined — limit or balance exceeded",
    "decline:REJECT_CARD_COMPANY": "Declined — by the card company",
    "decline:INVALID_STOPPED_CARD": "Declined — the card is stopped",
    lose_response: "Approved, but the response is lost",
    error_after: "Approved, but answered with error 500",
    error_before: "Not approved, answered with error 500",
    "error_before:PROVIDER_ERROR": "Not approved, a temporary error",
    "delay:5000": "Approved after 5 seconds",
    "delay:20000": "Approved after 20 seconds",
    "delay:90000": "Approved after 90 seconds",
  },
  receipt: "Receipt",
  checkout: "Payment",
  missing: (title) => `${title} not found`,
  checkAddress: "Please check the address.",
  status: "Status",
  approvedAt: "Approved at",
  refunded: "Refunded",
  paymentKey: "Payment key",
  statuses: {
    READY: "Window open",
    IN_PROGRESS: "Authenticated",
    WAITING_FOR_DEPOSIT: "Waiting for deposit",
    DONE: "Paid",
    CANCELED: "Refunded",
    PARTIAL_CANCELED: "Partly refunded",
    ABORTED: "Declined",
    EXPIRED: "Expired",
  },
};

const messages = { ko, en } satisfies Record<Language, WindowMessages>;

export const windowMessages = (language: Language): WindowMessages => messages[language];
