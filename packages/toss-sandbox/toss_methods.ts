// Toss's names and codes of payment methods, card issuers, banks and wallets.
// Source: docs.tosspayments.com, "코드 및 ENUM".

import type { Language } from "./toss_codes.ts";

export const methods = [
  "CARD",
  "VIRTUAL_ACCOUNT",
  "TRANSFER",
  "MOBILE_PHONE",
  "CULTURE_GIFT_CERTIFICATE",
  "BOOK_GIFT_CERTIFICATE",
  "GAME_GIFT_CERTIFICATE",
  "FOREIGN_EASY_PAY",
] as const;

export type Method = (typeof methods)[number];

const methodWords: Record<Method | "EASY_PAY", Record<Language, string>> = {
  CARD: { ko: "카드", en: "Card" },
  VIRTUAL_ACCOUNT: { ko: "가상계좌", en: "Virtual account" },
  TRANSFER: { ko: "계좌이체", en: "Transfer" },
  MOBILE_PHONE: { ko: "휴대폰", en: "Mobile phone" },
  CULTURE_GIFT_CERTIFICATE: { ko: "문화상품권", en: "Culture gift certificate" },
  BOOK_GIFT_CERTIFICATE: { ko: "도서문화상품권", en: "Book gift certificate" },
  GAME_GIFT_CERTIFICATE: { ko: "게임문화상품권", en: "Game gift certificate" },
  FOREIGN_EASY_PAY: { ko: "해외간편결제", en: "Foreign easy pay" },
  EASY_PAY: { ko: "간편결제", en: "Easy pay" },
};

export function methodWord(method: Method | "EASY_PAY", language: Language): string {
  return methodWords[method][language];
}

/** Issuer codes by the SDK's `cardCompany`. */
const cardIssuers: Record<string, string> = {
  HYUNDAI: "61",
  SAMSUNG: "51",
  SHINHAN: "41",
  KOOKMIN: "11",
  LOTTE: "71",
  HANA: "21",
  WOORI: "W1",
  NONGHYEOP: "91",
  BC: "31",
  CITI: "36",
  KAKAOBANK: "15",
  KBANK: "3A",
  TOSSBANK: "24",
  IBK_BC: "3K",
  GWANGJUBANK: "46",
  JEONBUKBANK: "35",
  JEJUBANK: "42",
  POST: "37",
  SAVINGBANK: "39",
  SUHYEOP: "34",
  SHINHYEOP: "62",
  SAEMAUL: "38",
  KDBBANK: "30",
};

export function cardIssuer(company: string): string | undefined {
  if (Object.hasOwn(cardIssuers, company)) return cardIssuers[company];
  return Object.values(cardIssuers).includes(company) ? company : undefined;
}

/** Wallet names by the SDK's `easyPay` or `provider`. */
const wallets: Record<string, Record<Language, string>> = {
  TOSSPAY: { ko: "토스페이", en: "Toss Pay" },
  NAVERPAY: { ko: "네이버페이", en: "Naver Pay" },
  KAKAOPAY: { ko: "카카오페이", en: "Kakao Pay" },
  SAMSUNGPAY: { ko: "삼성페이", en: "Samsung Pay" },
  APPLEPAY: { ko: "애플페이", en: "Apple Pay" },
  LPAY: { ko: "엘페이", en: "L.pay" },
  PAYCO: { ko: "페이코", en: "PAYCO" },
  SSG: { ko: "SSG페이", en: "SSG Pay" },
  PINPAY: { ko: "핀페이", en: "Pin Pay" },
  PAYPAL: { ko: "페이팔", en: "PayPal" },
};

export function walletName(wallet: string, language: Language): string | undefined {
  return Object.hasOwn(wallets, wallet) ? wallets[wallet]?.[language] : undefined;
}

/** Code, Korean name, SDK name. */
const banks: readonly (readonly [string, string, string])[] = [
  ["20", "우리", "WOORI"],
  ["88", "신한", "SHINHAN"],
  ["06", "국민", "KOOKMIN"],
  ["11", "농협", "NONGHYEOP"],
  ["81", "하나", "HANA"],
  ["03", "기업", "IBK"],
  ["90", "카카오", "KAKAOBANK"],
  ["92", "토스", "TOSSBANK"],
  ["89", "케이", "KBANK"],
  ["71", "우체국", "POST"],
  ["45", "새마을", "SAEMAUL"],
  ["31", "대구", "DAEGUBANK"],
  ["32", "부산", "BUSANBANK"],
  ["39", "경남", "KYONGNAMBANK"],
  ["34", "광주", "GWANGJUBANK"],
  ["37", "전북", "JEONBUKBANK"],
  ["35", "제주", "JEJUBANK"],
  ["07", "수협", "SUHYEOP"],
  ["48", "신협", "SHINHYEOP"],
  ["23", "SC제일", "SC"],
  ["27", "씨티", "CITI"],
  ["02", "산업", "KDBBANK"],
  ["12", "단위농협", "LOCALNONGHYEOP"],
  ["50", "저축", "SAVINGBANK"],
  ["64", "산림", "SANLIM"],
  ["54", "HSBC", "HSBC"],
];

/** The two-character code of a bank, by code, Korean name or SDK name. */
export function bankCode(bank: string): string | undefined {
  return banks.find((names) => names.includes(bank))?.[0];
}

/** Banks that issue virtual accounts, in the window's order. */
export const accountBanks: readonly (Record<Language, string> & { readonly code: string })[] = [
  { code: "20", ko: "우리은행", en: "Woori Bank" },
  { code: "88", ko: "신한은행", en: "Shinhan Bank" },
  { code: "06", ko: "국민은행", en: "KB Kookmin Bank" },
  { code: "11", ko: "농협은행", en: "NH NongHyup Bank" },
  { code: "81", ko: "하나은행", en: "Hana Bank" },
  { code: "03", ko: "기업은행", en: "Industrial Bank of Korea" },
  { code: "90", ko: "카카오은행", en: "KakaoBank" },
  { code: "92", ko: "토스은행", en: "Toss Bank" },
];
