// A month's movements of money for accounting, as CSV for Excel; times are Korean.
import { koreanTimeOf } from "@payflow/shared";
import { csvLine, csvMark, type Movement } from "@payflow/back-office";

export type Language = "ko" | "en";

const words = {
  ko: {
    heads:
      "일시,주문 ID,구분,금액,공급가액,부가세,면세금액,결제수단,카드사 코드,카드번호,할부,승인번호,거래키,결제키,영수증",
    kinds: {
      capture: "결제",
      refund: "환불",
      return: "반환",
      deposit_reversal: "입금 취소",
      correction: "정정",
    },
  },
  en: {
    heads:
      "Time,Order id,Kind,Amount,Supply value,VAT,Tax free,Method,Card issuer code,Card number,Instalments,Approval number,Transaction key,Payment key,Receipt",
    kinds: {
      capture: "payment",
      refund: "refund",
      return: "return",
      deposit_reversal: "deposit reversed",
      correction: "correction",
    },
  },
} as const;

export const movementsHead = (language: Language) => `${csvMark}${words[language].heads}\r\n`;

export function movementsLines(rows: readonly Movement[], language: Language): string {
  const { kinds } = words[language];
  return rows
    .map(({ occurredAt, orderId, kind, ...rest }) =>
      csvLine([koreanTimeOf(occurredAt), orderId, kinds[kind], ...Object.values(rest)]),
    )
    .join("");
}
