import type { Language } from "./language.ts";

/** Toss's two-character bank codes: https://docs.tosspayments.com/codes/org-codes */
const names: Readonly<Record<string, readonly [ko: string, en: string]>> = {
  "02": ["산업은행", "KDB Bank"],
  "03": ["기업은행", "IBK"],
  "06": ["국민은행", "KB Kookmin Bank"],
  "07": ["수협은행", "Suhyup Bank"],
  "11": ["농협은행", "NongHyup Bank"],
  "12": ["단위농협", "Local NongHyup"],
  "20": ["우리은행", "Woori Bank"],
  "23": ["SC제일은행", "SC First Bank"],
  "27": ["씨티은행", "Citibank Korea"],
  "31": ["iM뱅크(대구)", "iM Bank (Daegu)"],
  "32": ["부산은행", "Busan Bank"],
  "34": ["광주은행", "Gwangju Bank"],
  "35": ["제주은행", "Jeju Bank"],
  "37": ["전북은행", "Jeonbuk Bank"],
  "39": ["경남은행", "Kyongnam Bank"],
  "45": ["새마을금고", "MG Saemaul"],
  "48": ["신협", "Shinhyup"],
  "50": ["저축은행", "Savings bank"],
  "54": ["HSBC", "HSBC"],
  "64": ["산림조합", "Forestry cooperative"],
  "71": ["우체국", "Korea Post"],
  "81": ["하나은행", "Hana Bank"],
  "88": ["신한은행", "Shinhan Bank"],
  "89": ["케이뱅크", "K bank"],
  "90": ["카카오뱅크", "KakaoBank"],
  "92": ["토스뱅크", "Toss Bank"],
};

/** Undefined for an unknown code, so that the page can show the code itself. */
export function bankName(code: string, language: Language): string | undefined {
  return names[code]?.[language === "ko" ? 0 : 1];
}

/** Code and name of every bank, sorted by name. */
export function listBanks(language: Language): { code: string; name: string }[] {
  return Object.keys(names)
    .map((code) => ({ code, name: bankName(code, language) ?? code }))
    .sort((a, b) => a.name.localeCompare(b.name, language));
}
