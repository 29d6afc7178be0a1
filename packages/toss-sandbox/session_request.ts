// The SDK's request to open a window, with Toss's limits. A validation message that is a Toss code
// becomes the error code of the response.

import * as v from "valibot";
import { cashReceiptTypes } from "./sandbox_payment.ts";
import type { Language } from "./toss_codes.ts";
import { cardIssuer, methods, walletName } from "./toss_methods.ts";
import { parseTossTime } from "./toss_time.ts";

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));

const webUrl = (code: string) =>
  v.pipe(
    v.string(),
    v.maxLength(2000),
    v.check((url) => /^https?:$/.test(URL.parse(url)?.protocol ?? ""), code),
  );

const orderId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9\-_=]{6,64}$/, "INVALID_ORDER_ID"));

const email = v.pipe(text(100), v.regex(/^[^\s@]+@[^\s@]+\.[^\s@.]+$/, "INVALID_EMAIL"));

const metadata = v.pipe(
  v.record(v.pipe(text(40), v.regex(/^[^[\]]*$/, "A key has no [ and no ].")), text(2000)),
  v.check((pairs) => Object.keys(pairs).length <= 5, "Has at most 5 pairs."),
);

/** 0 is a single payment; 1 is invalid. */
const installmentMonths = v.pipe(
  v.number("INVALID_CARD_INSTALLMENT_PLAN"),
  v.maxValue(12, "EXCEED_MAX_CARD_INSTALLMENT_PLAN"),
  v.integer("INVALID_CARD_INSTALLMENT_PLAN"),
  v.minValue(0, "INVALID_CARD_INSTALLMENT_PLAN"),
  v.notValue(1, "INVALID_CARD_INSTALLMENT_PLAN"),
);
const installmentsFromWon = 50_000;

const methodOptions = v.object({
  useEscrow: v.exactOptional(v.boolean()),
  taxExemptionAmount: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0))),
});

/** 미발행: the window preselects no cash receipt. */
const accountOptions = v.object({
  ...methodOptions.entries,
  cashReceipt: v.nullish(
    v.object({ type: v.picklist([...cashReceiptTypes, "미발행"], "INVALID_CASH_RECEIPT_INFO") }),
  ),
});

/** Ignores unknown fields, as Toss does. */
export const SessionRequest = v.pipe(
  v.object({
    clientKey: v.pipe(v.string(), v.regex(/^(test|live)_g?ck_/, "INVALID_CLIENT_KEY")),
    customerKey: v.nullish(
      v.pipe(v.string(), v.regex(/^[A-Za-z0-9\-_=.@]{2,255}$/, "INVALID_CUSTOMER_KEY")),
    ),
    method: v.picklist(methods, "NOT_SUPPORTED_METHOD"),
    amount: v.object({
      currency: v.picklist(["KRW", "USD", "JPY"], "INVALID_CURRENCY"),
      value: v.pipe(
        v.number("INVALID_REQUEST"),
        v.finite(),
        v.minValue(Number.MIN_VALUE, "BELOW_ZERO_AMOUNT"),
        v.maxValue(Number.MAX_SAFE_INTEGER, "EXCEED_MAX_AMOUNT"),
      ),
    }),
    orderId,
    orderName: v.pipe(
      v.string(),
      v.minLength(1, "INVALID_ORDER_NAME"),
      v.maxLength(100, "INVALID_ORDER_NAME"),
    ),
    successUrl: v.nullish(webUrl("INCORRECT_SUCCESS_URL_FORMAT")),
    failUrl: v.nullish(webUrl("INCORRECT_FAIL_URL_FORMAT")),
    customerName: v.nullish(text(100)),
    customerEmail: v.nullish(email),
    customerMobilePhone: v.nullish(v.pipe(v.string(), v.regex(/^\d{8,15}$/))),
    taxFreeAmount: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0))),
    metadata: v.nullish(metadata),
    card: v.nullish(
      v.object({
        ...methodOptions.entries,
        flowMode: v.nullish(v.picklist(["DEFAULT", "DIRECT"], "INVALID_FLOW_MODE_PARAMETERS")),
        cardCompany: v.nullish(text(20)),
        easyPay: v.nullish(text(20)),
        cardInstallmentPlan: v.nullish(installmentMonths),
        language: v.nullish(v.picklist(["KO", "EN", "JA", "ZH"])),
      }),
    ),
    virtualAccount: v.nullish(
      v.object({
        ...accountOptions.entries,
        validHours: v.nullish(
          v.pipe(v.number(), v.minValue(0), v.maxValue(2160, "EXCEED_MAX_VALID_HOURS")),
        ),
        dueDate: v.nullish(
          v.pipe(
            v.string(),
            v.check((t) => parseTossTime(t) !== undefined, "INVALID_DATE"),
          ),
        ),
        isCulturalExpenses: v.nullish(v.boolean()),
      }),
    ),
    transfer: v.nullish(accountOptions),
    foreignEasyPay: v.nullish(v.object({ provider: v.nullish(text(20)) })),
  }),
  v.check(
    (r) => r.amount.currency === "USD" || Number.isInteger(r.amount.value),
    "INVALID_REQUEST",
  ),
  v.check(
    (r) => r.amount.currency !== "KRW" || r.amount.value >= (r.method === "CARD" ? 100 : 200),
    "BELOW_MINIMUM_AMOUNT",
  ),
  v.check(
    (r) => r.method !== "TRANSFER" || r.amount.value <= 10_000_000,
    "EXCEEDS_TRANSFER_AMOUNT_MAXIMUM",
  ),
  v.check(
    (r) => r.virtualAccount?.validHours == null || r.virtualAccount.dueDate == null,
    "INVALID_VALID_HOURS_WITH_DUE_DATE_AND_SINGLE",
  ),
  v.check(
    (r) => r.card?.cardCompany == null || cardIssuer(r.card.cardCompany) !== undefined,
    "INVALID_CARD_COMPANY",
  ),
  v.check(
    (r) => r.card?.easyPay == null || walletName(r.card.easyPay, "ko") !== undefined,
    "INVALID_EASY_PAY",
  ),
  v.check(
    ({ card }) => card?.flowMode !== "DIRECT" || (card.cardCompany ?? card.easyPay) != null,
    "INVALID_FLOW_MODE_PARAMETERS",
  ),
  v.check(
    ({ card, amount }) =>
      (card?.cardInstallmentPlan ?? 0) === 0 ||
      amount.currency !== "KRW" ||
      amount.value >= installmentsFromWon,
    "NOT_SUPPORTED_MONTHLY_INSTALLMENT_PLAN_BELOW_AMOUNT",
  ),
  v.check((r) => {
    const { taxExemptionAmount } = r.card ?? r.virtualAccount ?? r.transfer ?? {};
    const untaxed = (r.taxFreeAmount ?? 0) + (taxExemptionAmount ?? 0);
    return untaxed <= r.amount.value;
  }, "INVALID_REQUEST"),
);
export type SessionRequest = v.InferOutput<typeof SessionRequest>;

const dueWithinMs = 90 * 24 * 3_600_000;

/** The error code of a due time in the past or more than 90 days ahead. */
export function dueTimeFault({ virtualAccount }: SessionRequest, now: number): string | undefined {
  const due = parseTossTime(virtualAccount?.dueDate ?? "");
  if (due === undefined) return undefined;
  if (due <= now) return "INVALID_DATE";
  return due > now + dueWithinMs ? "EXCEED_MAX_DUE_DATE" : undefined;
}

/**
 * The window's initial language, as documented for Toss's SDK 2.8.1: `card.language`, or else by
 * currency. The sandbox shows English for Toss's other languages. Only cards have a language
 * option.
 */
export function windowLanguage({ card, amount }: SessionRequest): Language {
  const language = card?.language ?? (amount.currency === "KRW" ? "KO" : "EN");
  return language === "KO" ? "ko" : "en";
}
