import type { Language } from "./language.ts";

/** Toss's two-character codes of card companies: https://docs.tosspayments.com/codes/org-codes */
const names: Readonly<Record<string, readonly [ko: string, en: string]>> = {
  "11": ["국민카드", "KB Kookmin Card"],
  "15": ["카카오뱅크", "KakaoBank"],
  "21": ["하나카드", "Hana Card"],
  "24": ["토스뱅크", "Toss Bank"],
  "30": ["산업은행", "KDB Bank"],
  "31": ["비씨카드", "BC Card"],
  "33": ["우리카드(비씨)", "Woori Card (BC)"],
  "34": ["수협카드", "Suhyup Card"],
  "35": ["전북은행카드", "Jeonbuk Bank Card"],
  "36": ["씨티카드", "Citi Card"],
  "37": ["우체국", "Korea Post"],
  "38": ["새마을금고", "MG Saemaul"],
  "39": ["저축은행", "Savings bank"],
  "3A": ["케이뱅크", "K bank"],
  "3K": ["기업은행(비씨)", "IBK (BC)"],
  "41": ["신한카드", "Shinhan Card"],
  "42": ["제주은행카드", "Jeju Bank Card"],
  "46": ["광주은행카드", "Gwangju Bank Card"],
  "51": ["삼성카드", "Samsung Card"],
  "61": ["현대카드", "Hyundai Card"],
  "62": ["신협", "Shinhyup"],
  "71": ["롯데카드", "Lotte Card"],
  "91": ["농협카드", "NH NongHyup Card"],
  W1: ["우리카드", "Woori Card"],
};

/** The code itself when it is unknown. */
export function cardName(code: string, language: Language): string {
  return names[code]?.[language === "ko" ? 0 : 1] ?? code;
}
