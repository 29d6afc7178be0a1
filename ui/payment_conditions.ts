import type { PaymentSnapshot } from "@payflow/shared";
import type { Language } from "./language.ts";
import { conditionsEn, conditionsKo } from "./messages/conditions.ts";

/** A condition of the payment, one line each; `link` opens its document. */
export type Condition = {
  readonly name: string;
  readonly text: string;
  readonly link?: string | undefined;
};

type Reader = { readonly language: Language; readonly now: Date };
type Conditions = Pick<
  PaymentSnapshot,
  "refundLimits" | "cashReceipt" | "isEscrow" | "balanceAmount"
>;

const words = { ko: conditionsKo, en: conditionsEn };
const days = { timeZone: "Asia/Seoul", year: "numeric", month: "long", day: "numeric" } as const;
const dayFormats = {
  ko: new Intl.DateTimeFormat("ko-KR", days),
  en: new Intl.DateTimeFormat("en-GB", days),
};

export const conditionWords = (language: Language) => words[language];

/** The refund deadline, the cash receipt and escrow: the same for shoppers and operators. */
export function paymentConditions(
  payment: Conditions | null | undefined,
  reader: Reader,
): Condition[] {
  if (!payment) return [];
  const t = words[reader.language];
  const { cashReceipt, isEscrow } = payment;
  const refund = refundText(payment, reader);
  return [
    ...(refund === undefined ? [] : [{ name: t.refund, text: refund }]),
    ...(cashReceipt === null
      ? []
      : [
          {
            name: t.cashReceipt,
            text: `${t.receiptTypes[cashReceipt.type] ?? cashReceipt.type} · ${t.receiptStatuses[cashReceipt.status]}`,
            link: cashReceipt.url ?? undefined,
          },
        ]),
    ...(isEscrow ? [{ name: t.escrow, text: t.escrowHeld }] : []),
  ];
}

/** True when Toss accepts no more refunds of this payment. */
export function isRefundOver(payment: Pick<Conditions, "refundLimits">, now: Date): boolean {
  const { until = null } = payment.refundLimits ?? {};
  return until !== null && Date.parse(until) <= now.getTime();
}

/** Undefined when any part can be refunded at any time. */
function refundText(payment: Conditions, reader: Reader): string | undefined {
  const { refundLimits, balanceAmount } = payment;
  if (refundLimits === null || balanceAmount === 0) return undefined;
  const { wholeOnly, until } = refundLimits;
  const t = words[reader.language];
  if (isRefundOver(payment, reader.now)) return t.refundOver;
  if (until === null) return wholeOnly ? t.wholeOnly : undefined;
  // the last day before the deadline
  const day = dayFormats[reader.language].format(Date.parse(until) - 1);
  return wholeOnly ? t.wholeUntil(day) : t.until(day);
}
