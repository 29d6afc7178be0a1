import { refundRequestKo } from "./refund_request.ts";

/** Every sentence of the pages in Korean. Sentences about money are promises: change them only with the code. */
export const ko = {
  locale: "ko-KR",
  otherLanguage: { code: "en", label: "English" },
  skipToContent: "본문으로 건너뛰기",
  nav: { shop: "상품", orders: "주문 내역" },
  testShop: "테스트 결제입니다. 실제로 돈이 빠져나가지 않습니다.",

  shop: {
    products: "상품",
    each: "개당",
    quantity: (name: string) => `${name} 수량`,
    fewer: (name: string) => `${name} 하나 빼기`,
    more: (name: string) => `${name} 하나 더하기`,
    checkout: "주문하기",
    orderer: "주문하는 분",
    name: "이름",
    email: "이메일",
    emailHint: "토스페이먼츠가 결제 내역을 이 주소로 보냅니다.",
    method: "결제 수단",
    consent: "주문 내용을 확인했으며, 아래 약관과 결제에 동의합니다.",
    summary: "결제 금액",
    lines: (count: number) => `${count}개`,
    total: "합계",
    updateTotal: "합계 다시 계산",
    pay: (amount: string) => `${amount} 결제하기`,
    payNothing: "상품을 골라 주세요",
    placing: "주문을 접수하고 있습니다",
    /** Lines that the total leaves out, by reason; `names` are those of their products. */
    leftOut: {
      notSold: (names: string) => `더 이상 팔지 않아 합계에서 뺐습니다: ${names}`,
      quantity: (names: string) =>
        `수량이 0부터 99까지의 숫자가 아니어서 합계에서 뺐습니다: ${names}`,
      tooMany: (names: string) => `한 번에 50가지까지 주문할 수 있어 합계에서 뺐습니다: ${names}`,
    },
    andMore: (names: string, count: number) => `${names} 외 ${count}가지`,
    unknownName: "이름을 알 수 없는 상품",
    safe: "결제는 토스페이먼츠의 안전한 창에서 이루어집니다. 카드 정보는 이 상점에 남지 않습니다.",
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
  /** Toss's own words for the method. */
  paidWith: {
    카드: "카드",
    가상계좌: "가상계좌",
    계좌이체: "계좌이체",
    휴대폰: "휴대폰",
    간편결제: "간편결제",
  },
  fieldErrors: {
    summary: "입력한 내용을 확인해 주세요. 아직 주문되지 않았습니다.",
    items: "상품을 하나 이상 골라 주세요.",
    tooManyProducts: (count: number) =>
      `상품은 한 번에 ${count}가지까지 주문할 수 있습니다. 몇 가지를 빼 주세요.`,
    quantity: "수량은 0부터 99까지의 숫자로 적어 주세요.",
    name: "이름을 적어 주세요. (100자까지)",
    email: "이메일 주소를 확인해 주세요. 예: name@example.com",
    method: "결제 수단을 골라 주세요.",
    consent: "약관과 결제에 동의해 주세요.",
    unknownProduct:
      "더 이상 팔지 않는 상품이 있습니다. 상품을 다시 골라 주세요. 아직 주문되지 않았습니다.",
    priceChanged: (amount: string) =>
      `합계가 ${amount}으로 바뀌었습니다. 확인하고 결제하기를 다시 눌러 주세요. 아직 주문되지 않았습니다.`,
    keyReused:
      "바뀐 내용으로 새로 주문하려면 결제하기를 한 번 더 눌러 주세요. 앞서 접수한 주문은 주문 내역에 있습니다.",
    rateLimited:
      "요청이 많아 잠시 멈췄습니다. 1분 뒤에 다시 눌러 주세요. 돈은 빠져나가지 않았습니다.",
    unavailable:
      "지금은 주문을 받을 수 없습니다. 잠시 뒤에 다시 눌러 주세요. 돈은 빠져나가지 않았습니다.",
  },

  order: {
    items: "주문 내용",
    details: "주문 정보",
    orderNumber: "주문번호",
    copyNumber: "복사",
    numberCopied: "복사했어요",
    orderId: "주문 ID",
    orderedAt: "주문 일시",
    paidAt: "결제 일시",
    orderer: "주문하신 분",
    ordererErased: "보관 기간이 지나 지워졌습니다.",
    paidWith: "결제 수단",
    total: "합계",
    refunded: "환불 금액",
    kept: "남은 결제 금액",
    receipt: "영수증 보기",
    masked:
      "이 주문을 한 브라우저가 아니어서 개인 정보를 가렸습니다. 주문한 브라우저나 받은 링크로 열면 모두 보입니다.",
    cancelOrder: "주문 취소",
    cancelQuestion:
      "아직 결제되지 않은 주문입니다. 취소하면 되돌릴 수 없고, 돈은 청구되지 않습니다.",
    cancelConfirm: "네, 주문을 취소합니다",
    cancelling: "취소하고 있습니다",
    again: "다시 주문",
    shopMore: "상품 더 보기",
  },
  /** What happened when, a line each; sums are said beside them. */
  timeline: {
    title: "진행 내역",
    zone: "시각은 모두 한국 시간입니다.",
    placed: "주문했습니다",
    tried: "결제를 시도했습니다",
    declined: "결제가 승인되지 않았습니다",
    waiting_for_deposit: "입금할 계좌를 받았습니다",
    deposit_reversed: "은행이 입금을 되돌렸습니다",
    paid: "결제되었습니다",
    canceled: "주문을 취소했습니다",
    expired: "결제 시간이 지나 주문이 닫혔습니다",
    refunded: "환불되었습니다",
    came_late: "받을 수 없는 결제가 들어와 환불을 시작했습니다",
    went_back: "받을 수 없는 결제를 모두 환불했습니다",
  },
  pay: {
    title: "결제하기",
    retryTitle: "다시 결제",
    button: (amount: string) => `${amount} 결제하기`,
    retryButton: (amount: string) => `${amount} 다시 결제`,
    opening: "결제창을 열고 있습니다",
    opened: "결제창이 열려 있습니다. 결제창에서 계속해 주세요.",
    noScript:
      "토스페이먼츠 결제창은 자바스크립트가 있어야 열립니다. 자바스크립트를 켜고 새로 고쳐 주세요. 주문은 그대로 있습니다.",
    sdkMissing:
      "결제창을 불러오지 못했습니다. 돈은 빠져나가지 않았습니다. 인터넷 연결과 광고 차단 프로그램을 확인하고 다시 시도해 주세요.",
    userCancel: "결제를 취소했습니다. 주문은 그대로 있습니다.",
    alreadyOpen:
      "결제창이 이미 열려 있습니다. 열려 있는 결제창에서 계속하거나 이 화면을 새로 고쳐 주세요.",
    failed:
      "결제창을 열지 못했습니다. 돈은 빠져나가지 않았습니다. 다시 시도하거나 다른 결제 수단을 골라 주세요.",
    sdkRetry: "다시 시도",
  },
  /** Per state of an order: the word on its badge, then what happened, then what comes next. */
  states: {
    payable: {
      badge: "결제 대기",
      lead: "결제를 기다리고 있습니다.",
      rest: (time: string) => `아직 청구되지 않았습니다. ${time}까지 결제할 수 있습니다.`,
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
      rest: "잠시만 기다려 주세요. 창을 닫아도 결제는 한 번만 됩니다.",
      button: "결제 확인하기",
      noScript: "아래 버튼을 눌러야 결제가 완료됩니다. 두 번 청구되지 않습니다.",
      stuck: "화면이 바뀌지 않으면 누르세요. 두 번 청구되지 않습니다.",
    },
    unknown: {
      badge: "확인 중",
      lead: "카드사 응답을 확인하고 있습니다.",
      rest: "다시 결제하지 마세요. 이 화면은 자동으로 바뀝니다.",
    },
    settling: {
      badge: "확정 중",
      lead: "결제가 승인되었습니다.",
      rest: (amount: string) => `${amount}이 한 번 결제되었고, 주문을 확정하고 있습니다.`,
    },
    closing: {
      badge: "마감 중",
      lead: "결제할 수 있는 시간이 지나 주문을 닫고 있습니다.",
      rest: "이 화면은 자동으로 바뀝니다. 결제하지 마세요.",
    },
    awaiting_deposit: {
      badge: "입금 대기",
      lead: "입금을 기다리고 있습니다.",
      rest: (amount: string, time: string) =>
        `${time}까지 아래 계좌로 ${amount}을 보내 주세요. 아직 결제된 돈은 없습니다.`,
      /** Where the account is not shown. */
      elsewhere: (time: string) => `${time}까지 입금할 수 있습니다. 아직 결제된 돈은 없습니다.`,
    },
    confirmed: {
      badge: "결제 완료",
      lead: "주문이 확정되었습니다.",
      rest: (amount: string) => `${amount}이 결제되었습니다.`,
    },
    partially_refunded: {
      badge: "부분 환불",
      lead: "결제한 돈의 일부를 돌려드렸습니다.",
      rest: (refunded: string, kept: string) =>
        `${refunded}을 돌려드렸고, ${kept}은 결제된 그대로입니다.`,
    },
    refunded: {
      badge: "환불 완료",
      lead: "결제한 돈을 모두 돌려드렸습니다.",
      rest: (refunded: string) => `돌려드린 금액은 ${refunded}입니다.`,
    },
    canceled: {
      badge: "주문 취소",
      lead: "주문을 취소했습니다.",
      rest: "청구되지 않았습니다.",
      returned: "결제되었던 돈은 모두 돌려드렸습니다.",
    },
    expired: {
      badge: "시간 초과",
      lead: "결제 시간이 지났습니다.",
      rest: "청구되지 않았습니다.",
      returned: "늦게 결제된 돈은 모두 돌려드렸습니다.",
    },
    refunding: {
      badge: "환불 중",
      lead: "닫힌 주문에 결제가 들어와 돈을 돌려드리고 있습니다.",
      rest: (amount: string) => `${amount} 전액을 자동으로 취소합니다. 따로 하실 일은 없습니다.`,
      /** Instead of a sum that is not certain. */
      whatCame: "결제된 금액",
      second:
        "같은 주문이 한 번 더 결제되어, 두 번째 결제를 전액 자동으로 취소하고 있습니다. 한 번만 청구됩니다.",
      account: (amount: string) =>
        `${amount} 전액을 돌려드립니다. 계좌로 보내신 돈이라, 받을 계좌를 알려 주셔야 보낼 수 있습니다.`,
    },
  },
  refundTimes: {
    any: "카드는 취소한 날부터 보통 3~4영업일, 계좌는 2영업일 안에 돌아옵니다.",
    account: "계좌를 알려 주시면 보통 2영업일 안에 돌아옵니다.",
  },
  notices: {
    userCancel: "결제를 취소했습니다. 주문은 그대로 있습니다.",
    alreadyPaid:
      "이미 결제가 끝난 주문입니다. 방금 한 결제는 승인하지 않았으니 두 번 청구되지 않습니다.",
    amountMismatch: "결제 금액이 주문 금액과 달라 승인하지 않았습니다. 돈은 빠져나가지 않았습니다.",
    orderMismatch: "다른 주문의 결제라 승인하지 않았습니다. 돈은 빠져나가지 않았습니다.",
    sessionExpired: "이번 결제는 승인 전에 시간이 지났습니다. 청구되지 않았습니다.",
    notPayable: "이 주문은 더 결제할 수 없습니다. 이 주문으로 남아 있는 청구는 없습니다.",
    cannotCancel: "이미 결제되어 취소할 수 없는 주문입니다.",
    refundRequestOpen: refundRequestKo.alreadyOpen,
    refundRequestNotAllowed: refundRequestKo.notAllowed,
    refundRequestLater: refundRequestKo.later,
    refundAccountLater:
      "지금은 계좌를 받을 수 없습니다. 돌려드릴 돈은 그대로 있습니다. 잠시 뒤에 다시 눌러 주세요.",
    cancelLater: "지금은 취소할 수 없습니다. 주문은 그대로 있습니다. 잠시 뒤에 다시 눌러 주세요.",
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
    title: "돌려받을 계좌",
    hint: "본인 이름의 계좌를 적어 주세요. 환불에만 쓰고 이 화면에 다시 나타나지 않습니다.",
    bank: "은행",
    chooseBank: "은행을 고르세요",
    accountNumber: "계좌번호",
    holderName: "예금주",
    elsewhere:
      "환불 계좌는 주문하신 브라우저에서만 입력할 수 있습니다. 그 브라우저를 쓸 수 없으면 상점에 문의해 주세요.",
    submit: "이 계좌로 돌려받기",
    sending: "계좌를 전하고 있습니다",
    faults: {
      bank: "은행을 골라 주세요.",
      accountNumber: "계좌번호를 숫자로 적어 주세요. (20자리까지)",
      holderName: "예금주 이름을 적어 주세요. (60자까지)",
    },
  },
  refundRequest: refundRequestKo,
  orders: {
    title: "주문 내역",
    empty: "아직 주문이 없습니다.",
    emptyHint: "이 브라우저에서 한 주문이 여기에 모입니다.",
    hint: "이 브라우저에서 한 주문만 보입니다.",
    start: "상품 보러 가기",
  },
  errors: {
    notFoundTitle: "페이지를 찾을 수 없습니다",
    notFoundBody: "주소가 바뀌었거나 잘못 적힌 것 같습니다. 이 일로 청구된 돈은 없습니다.",
    orderNotFoundTitle: "주문을 찾을 수 없습니다",
    orderNotFoundBody:
      "주문번호를 다시 확인해 주세요. 없는 주문은 승인하지 않으므로 청구되지 않았습니다.",
    brokenTitle: "잠시 문제가 생겼습니다",
    brokenBody:
      "저희 쪽 문제입니다. 결제를 하던 중이었다면 다시 결제하지 말고 주문 내역에서 상태를 먼저 확인해 주세요. 한 주문은 한 번만 결제됩니다.",
    badReturnTitle: "결제 정보가 빠진 주소입니다",
    badReturnBody:
      "결제창이 보낸 정보를 읽을 수 없어 승인하지 않았습니다. 돈은 빠져나가지 않았습니다. 주문 내역에서 다시 결제해 주세요.",
    refusedTitle: "처리하지 않았습니다",
    refusedBody:
      "요청을 받아들일 수 없어 아무것도 바꾸지 않았습니다. 주문 내역에서 상태를 확인해 주세요.",
    requestId: "문의하실 때 알려 주세요",
    home: "처음으로",
    orders: "주문 내역 보기",
  },
  footer: {
    companyName: "상호",
    representative: "대표자",
    registrationNumber: "사업자등록번호",
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
  kst: "한국 시간",
};

type Widen<T> = T extends string
  ? string
  : T extends (...args: infer A) => string
    ? (...args: A) => string
    : { readonly [K in keyof T]: Widen<T[K]> };
/** What every language must say; `ko` is the original. */
export type Messages = Widen<typeof ko>;
