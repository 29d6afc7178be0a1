import { findKo } from "./find.ts";
import { refundRequestKo } from "./refund_request.ts";

/** The pages' texts in Korean. Sentences about money are promises: change them only together with the code. */
export const ko = {
  locale: "ko-KR",
  otherLanguage: { code: "en", label: "English" },
  skipToContent: "본문으로 건너뛰기",
  nav: { shop: "상품", orders: "주문 내역" },
  testShop: "테스트 상점입니다. 실제로 결제되지 않습니다.",

  shop: {
    products: "상품",
    each: "개당",
    quantity: (name: string) => `${name} 수량`,
    fewer: (name: string) => `${name} 하나 빼기`,
    more: (name: string) => `${name} 하나 더하기`,
    checkout: "주문하기",
    orderer: "주문자 정보",
    name: "이름",
    email: "이메일",
    emailHint: "결제 내역을 이 주소로 보내 드립니다.",
    method: "결제 수단",
    consent: "주문 내용을 확인했으며, 결제와 아래 약관에 동의합니다.",
    summary: "결제 금액",
    lines: (count: number) => `${count}개`,
    total: "합계",
    updateTotal: "합계 다시 계산",
    pay: (amount: string) => `${amount} 결제하기`,
    payNothing: "상품을 선택해 주세요",
    placing: "결제창을 여는 중",
    /** Lines that are not in the total, by reason; `names` are the products' names. */
    leftOut: {
      notSold: (names: string) => `판매가 끝나 합계에서 뺐습니다: ${names}`,
      quantity: (names: string) => `수량을 읽을 수 없어 합계에서 뺐습니다: ${names}`,
      tooMany: (names: string) => `한 번에 50가지까지 주문할 수 있어 합계에서 뺐습니다: ${names}`,
    },
    andMore: (names: string, count: number) => `${names} 외 ${count}가지`,
    unknownName: "이름을 알 수 없는 상품",
    safe: "토스페이먼츠 결제창에서 안전하게 결제합니다. 카드 정보는 상점에 저장되지 않습니다.",
  },
  methods: {
    CARD: "신용·체크카드",
    VIRTUAL_ACCOUNT: "가상계좌",
    TRANSFER: "계좌이체",
    MOBILE_PHONE: "휴대폰",
    TOSSPAY: "토스페이",
    NAVERPAY: "네이버페이",
    KAKAOPAY: "카카오페이",
  },
  /** By Toss's name of the method. */
  paidWith: {
    카드: "카드",
    가상계좌: "가상계좌",
    계좌이체: "계좌이체",
    휴대폰: "휴대폰",
    간편결제: "간편결제",
  },
  fieldErrors: {
    summary: "입력한 내용을 확인해 주세요. 아직 주문되지 않았습니다.",
    items: "상품을 하나 이상 선택해 주세요.",
    tooManyProducts: (count: number) =>
      `상품은 한 번에 ${count}가지까지 주문할 수 있습니다. 몇 가지를 빼 주세요.`,
    quantity: "수량은 0부터 99까지의 숫자로 입력해 주세요.",
    name: "이름을 입력해 주세요. (최대 100자)",
    email: "이메일 주소를 확인해 주세요. 예: name@example.com",
    method: "결제 수단을 선택해 주세요.",
    consent: "결제와 약관에 동의해 주세요.",
    unknownProduct:
      "판매가 끝난 상품이 있습니다. 상품을 다시 선택해 주세요. 아직 주문되지 않았습니다.",
    priceChanged: (amount: string) =>
      `합계가 ${amount}으로 바뀌었습니다. 확인하고 결제하기를 다시 눌러 주세요. 아직 주문되지 않았습니다.`,
    keyReused:
      "바뀐 내용으로 새로 주문하려면 결제하기를 한 번 더 눌러 주세요. 앞서 접수한 주문은 주문 내역에 있습니다.",
    rateLimited: "요청이 너무 많습니다. 1분 뒤에 다시 시도해 주세요. 돈은 빠져나가지 않았습니다.",
    unavailable:
      "지금은 주문할 수 없습니다. 잠시 뒤에 다시 시도해 주세요. 돈은 빠져나가지 않았습니다.",
  },

  order: {
    items: "주문 상품",
    details: "주문 정보",
    orderNumber: "주문번호",
    copyNumber: "복사",
    numberCopied: "복사했어요",
    orderId: "주문 ID",
    orderedAt: "주문 일시",
    paidAt: "결제 일시",
    orderer: "주문자",
    ordererErased: "보관 기간이 지나 삭제되었습니다.",
    paidWith: "결제 수단",
    total: "합계",
    taxFree: (sum: string) => `이 중 면세 ${sum}`,
    refunded: "환불 금액",
    kept: "최종 결제 금액",
    receipt: "영수증 보기",
    instalments: (months: number, isInterestFree: boolean) =>
      months === 0 ? "일시불" : `${months}개월 ${isInterestFree ? "무이자" : "할부"}`,
    approval: (number: string) => `승인번호 ${number}`,
    masked:
      "개인정보를 가리고 보여 드립니다. 주문한 브라우저나 받으신 링크로 열면 모두 볼 수 있습니다.",
    cancelOrder: "주문 취소",
    cancelQuestion: "아직 결제 전이라 청구되는 금액은 없습니다. 취소한 주문은 되돌릴 수 없습니다.",
    cancelConfirm: "주문 취소하기",
    cancelling: "취소하는 중",
    again: "다시 주문하기",
    shopMore: "상품 더 보기",
    backToShop: "쇼핑몰로 돌아가기",
  },
  /** One line per event; amounts are shown beside them. */
  timeline: {
    title: "진행 내역",
    placed: "주문했습니다",
    tried: "결제를 시도했습니다",
    declined: "결제가 승인되지 않았습니다",
    waiting_for_deposit: "입금 계좌가 발급되었습니다",
    deposit_reversed: "은행에서 입금이 취소되었습니다",
    paid: "결제가 완료되었습니다",
    canceled: "주문을 취소했습니다",
    expired: "결제 시간이 지나 주문이 마감되었습니다",
    refunded: "환불 처리됐습니다",
    came_late: "받을 수 없는 결제여서 환불을 시작했습니다",
    went_back: "받을 수 없는 결제가 환불 처리됐습니다",
    refund_delayed: "환불금 입금이 지연되고 있습니다",
    refund_delay_over: "환불금 입금 지연이 해결됐습니다",
  },
  pay: {
    title: "결제하기",
    retryTitle: "다시 결제하기",
    button: (amount: string) => `${amount} 결제하기`,
    retryButton: (amount: string) => `${amount} 다시 결제하기`,
    opening: "결제창을 여는 중",
    opened: "결제창에서 결제를 계속해 주세요.",
    noScript:
      "결제창은 자바스크립트가 있어야 열립니다. 브라우저 설정에서 자바스크립트를 켜고 새로 고침해 주세요. 주문은 그대로 있습니다.",
    sdkMissing:
      "결제창을 불러오지 못했습니다. 돈은 빠져나가지 않았습니다. 인터넷 연결과 광고 차단 프로그램을 확인하고 다시 시도해 주세요.",
    alreadyOpen:
      "결제창이 이미 열려 있습니다. 열려 있는 결제창에서 계속하거나 이 화면을 새로 고침해 주세요.",
    failed:
      "결제창을 열지 못했습니다. 돈은 빠져나가지 않았습니다. 다시 시도하거나 다른 결제 수단을 선택해 주세요.",
    sdkRetry: "다시 시도",
  },
  /** Per state of an order: the badge, then what happened (`lead`), then the next step (`rest`). */
  states: {
    payable: {
      badge: "결제 대기",
      lead: "결제를 기다리고 있습니다.",
      rest: (time: string) => `${time}까지 결제해 주세요. 아직 청구되지 않았습니다.`,
    },
    declined: {
      badge: "승인 거절",
      lead: "결제가 승인되지 않았습니다.",
      rest: "돈은 빠져나가지 않았습니다.",
      reason: "거절 사유",
    },
    confirming: {
      badge: "확인 중",
      lead: "결제를 확인하고 있습니다.",
      rest: "잠시만 기다려 주세요. 창을 닫아도 두 번 결제되지 않습니다.",
      button: "결제 확인하기",
      noScript: "아래 버튼을 눌러야 결제가 완료됩니다. 두 번 청구되지 않습니다.",
      stuck: "화면이 바뀌지 않으면 누르세요. 두 번 청구되지 않습니다.",
    },
    unknown: {
      badge: "확인 중",
      lead: "결제 결과를 확인하고 있습니다.",
      rest: "다시 결제하지 마세요. 결과가 나오면 이 화면이 자동으로 바뀝니다.",
    },
    settling: {
      badge: "처리 중",
      lead: "결제가 승인되었습니다.",
      rest: (amount: string) => `${amount}을 한 번 결제했습니다. 주문을 처리하고 있습니다.`,
    },
    closing: {
      badge: "마감 중",
      lead: "결제 시간이 지나 주문을 마감하고 있습니다.",
      rest: "결제하지 마세요. 이 화면이 자동으로 바뀝니다.",
    },
    awaiting_deposit: {
      badge: "입금 대기",
      lead: "입금을 기다리고 있습니다.",
      rest: (amount: string, time: string) => `${time}까지 아래 계좌로 ${amount}을 입금해 주세요.`,
      /** For viewers who do not see the account. */
      elsewhere: (time: string) => `${time}까지 입금할 수 있습니다.`,
    },
    confirmed: {
      badge: "결제 완료",
      lead: "결제가 완료되었습니다.",
      rest: (amount: string) => `${amount}을 결제했습니다.`,
    },
    partially_refunded: {
      badge: "부분 환불",
      lead: "부분 환불 처리됐습니다.",
      rest: (refunded: string, kept: string) =>
        `환불 금액은 ${refunded}, 최종 결제 금액은 ${kept}입니다.`,
    },
    refunded: {
      badge: "환불 완료",
      lead: "환불 처리됐습니다.",
      rest: (refunded: string) => `환불 금액은 ${refunded}입니다.`,
    },
    canceled: {
      badge: "주문 취소",
      lead: "주문을 취소했습니다.",
      rest: "청구되지 않았습니다.",
      returned: "결제된 금액은 모두 환불 처리됐습니다.",
    },
    expired: {
      badge: "시간 초과",
      lead: "결제 시간이 지났습니다.",
      rest: "청구되지 않았습니다.",
      returned: "늦게 결제된 금액은 모두 환불 처리됐습니다.",
    },
    refunding: {
      badge: "환불 중",
      lead: "마감된 주문에 결제되어 환불하고 있습니다.",
      rest: (amount: string) => `${amount} 전액을 자동으로 환불합니다. 따로 하실 일은 없습니다.`,
      /** Instead of an amount that is not certain. */
      whatCame: "결제된 금액",
      second:
        "같은 주문이 한 번 더 결제되어, 두 번째 결제를 전액 자동으로 환불하고 있습니다. 한 번만 청구됩니다.",
      account: (amount: string) =>
        `${amount} 전액을 환불합니다. 가상계좌로 입금하셔서 환불받을 계좌가 필요합니다.`,
    },
  },
  refundTimes: {
    card: "카드 반영까지 3~4영업일 걸립니다.",
    account: "계좌 입금까지 2영업일 걸립니다.",
    any: "카드 반영까지 3~4영업일, 계좌 입금까지 2영업일 걸립니다.",
    named: "계좌를 알려 주시면 2영업일 안에 입금됩니다.",
    delayed:
      "은행에서 환불금이 입금되지 않아 확인하고 있습니다. 다시 신청하지 않으셔도 되며, 환불 계좌를 확인하려고 연락드릴 수 있습니다.",
  },
  /** The result of the page's own attempt to pay, instead of the state's texts. */
  news: {
    userCancel: {
      lead: "결제를 취소했습니다.",
      rest: (time: string) => `주문은 그대로 있습니다. ${time}까지 결제할 수 있습니다.`,
    },
    alreadyPaid: {
      lead: "이미 결제된 주문입니다.",
      rest: "방금 한 결제는 승인하지 않았습니다. 두 번 청구되지 않습니다.",
    },
    amountMismatch: {
      lead: "결제가 승인되지 않았습니다.",
      rest: "결제 금액이 주문 금액과 다릅니다. 돈은 빠져나가지 않았습니다.",
    },
    orderMismatch: {
      lead: "결제가 승인되지 않았습니다.",
      rest: "다른 주문의 결제입니다. 돈은 빠져나가지 않았습니다.",
    },
    sessionExpired: {
      lead: "결제가 승인되지 않았습니다.",
      rest: "결제창의 시간이 지났습니다. 청구되지 않았습니다.",
    },
    notPayable: {
      lead: "더 이상 결제할 수 없는 주문입니다.",
      rest: "이 주문으로 청구될 금액은 없습니다.",
    },
  },
  notices: {
    cannotCancel: "이미 결제되어 취소할 수 없는 주문입니다.",
    refundRequestOpen: refundRequestKo.alreadyOpen,
    refundRequestNotAllowed: refundRequestKo.notAllowed,
    refundRequestLater: refundRequestKo.later,
    refundAccountLater:
      "지금은 계좌를 등록할 수 없습니다. 환불할 금액은 그대로 있습니다. 잠시 뒤에 다시 시도해 주세요.",
    cancelLater: "지금은 취소할 수 없습니다. 주문은 그대로 있습니다. 잠시 뒤에 다시 시도해 주세요.",
    requestFailed:
      "서버에 연결하지 못했습니다. 잠시 뒤에 다시 시도해 주세요. 같은 주문이 두 번 접수되지는 않습니다.",
  },
  account: {
    title: "입금할 계좌",
    bank: "은행",
    number: "계좌번호",
    copy: "계좌번호 복사",
    copied: "복사했습니다",
    copyFailed: "복사하지 못했습니다. 번호를 길게 눌러 복사해 주세요.",
    depositor: "입금자명",
    amount: "입금 금액",
    due: "입금 기한",
    hint: "금액이 다르면 입금되지 않습니다.",
    unknownBank: (code: string) => `은행 코드 ${code}`,
  },
  refundAccount: {
    title: "환불받을 계좌",
    hint: "본인 명의의 계좌를 입력해 주세요. 환불에만 사용하고 이 화면에 다시 표시하지 않습니다.",
    bank: "은행",
    chooseBank: "은행 선택",
    accountNumber: "계좌번호",
    holderName: "예금주",
    elsewhere:
      "환불 계좌는 주문하신 브라우저에서만 입력할 수 있습니다. 그 브라우저를 쓸 수 없으면 상점에 문의해 주세요.",
    submit: "이 계좌로 환불받기",
    sending: "계좌를 등록하는 중",
    faults: {
      bank: "은행을 선택해 주세요.",
      accountNumber: "계좌번호를 숫자로 입력해 주세요. (최대 20자리)",
      holderName: "예금주 이름을 입력해 주세요. (최대 60자)",
    },
  },
  refundRequest: refundRequestKo,
  find: findKo,
  orders: {
    title: "주문 내역",
    empty: "아직 주문이 없습니다.",
    emptyHint: "이 브라우저에서 주문하면 여기에 표시됩니다.",
    hint: "이 브라우저에서 한 주문만 표시됩니다.",
    start: "상품 보러 가기",
  },
  errors: {
    notFoundTitle: "페이지를 찾을 수 없습니다",
    notFoundBody: "주소가 바뀌었거나 잘못 입력되었습니다. 주소를 다시 확인해 주세요.",
    orderNotFoundTitle: "주문을 찾을 수 없습니다",
    orderNotFoundBody:
      "주문번호를 다시 확인해 주세요. 없는 주문은 승인하지 않으니 청구되지 않았습니다.",
    brokenTitle: "일시적인 문제가 생겼습니다",
    brokenBody:
      "불편을 드려 죄송합니다. 결제 중이었다면 다시 결제하지 말고 주문 내역에서 결제 상태를 먼저 확인해 주세요. 한 주문은 한 번만 결제됩니다.",
    badReturnTitle: "결제 정보를 확인할 수 없습니다",
    badReturnBody:
      "결제창에서 받은 정보가 올바르지 않아 승인하지 않았습니다. 돈은 빠져나가지 않았습니다. 주문 내역에서 다시 결제해 주세요.",
    refusedTitle: "요청을 처리할 수 없습니다",
    refusedBody: "바뀐 내용은 없습니다. 주문 내역에서 상태를 확인해 주세요.",
    requestId: "문의하실 때 이 번호를 알려 주세요",
    home: "처음으로",
    orders: "주문 내역 보기",
  },
  footer: {
    companyName: "상호",
    representative: "대표자",
    registrationNumber: "사업자등록번호",
    registry: "사업자정보확인",
    hostingProvider: "호스팅 서비스 제공",
    purchaseSafety: (provider: string) =>
      `계좌이체나 가상계좌로 결제하실 때 ${provider}의 구매안전서비스를 이용하실 수 있습니다.`,
    purchaseSafetyProof: "가입 사실 확인",
    mailOrderNumber: "통신판매업신고번호",
    address: "주소",
    phone: "전화",
    email: "이메일",
    terms: "이용약관",
    privacy: "개인정보처리방침",
    refunds: "환불 정책",
  },
  documents: {
    sample:
      "견본 문서입니다. 상점을 열기 전에 실제 상점의 문서로 바꾸세요. 이 글은 법률 자문이 아닙니다.",
  },
};

type Widen<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : { readonly [K in keyof T]: Widen<T[K]> };
/** The texts that every language must have; `ko` is the original. */
export type Messages = Widen<typeof ko>;
