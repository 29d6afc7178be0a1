// Request bodies of Toss's API, and the error codes of invalid ones.

import * as v from "valibot";

/** A number or a numeric string: Toss's sample code forwards the string from the success URL. */
const amount = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d+(\.\d+)?$/), v.toNumber())]),
  v.finite(),
);
const part = v.nullish(v.pipe(amount, v.integer(), v.minValue(0)));

export const ConfirmBody = v.object({
  paymentKey: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_=-]{1,200}$/, "INVALID_PAYMENT_KEY")),
  orderId: v.pipe(v.string(), v.regex(/^[A-Za-z0-9\-_=]{6,64}$/, "INVALID_ORDER_ID")),
  amount,
});

export const CancelBody = v.object({
  cancelReason: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  cancelAmount: v.nullish(v.pipe(amount, v.integer(), v.minValue(1))),
  refundableAmount: part,
  taxFreeAmount: part,
  taxExemptionAmount: part,
  refundReceiveAccount: v.nullish(
    v.object({
      bank: v.string(),
      accountNumber: v.string(),
      holderName: v.pipe(v.string(), v.minLength(1), v.maxLength(60)),
    }),
  ),
});

export async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}

/** The first issue's message when it is a Toss code, INVALID_REQUEST otherwise. */
export function codeOf(issues: readonly v.BaseIssue<unknown>[]): string {
  const [first] = issues;
  return first !== undefined && /^[A-Z_]+$/.test(first.message) ? first.message : "INVALID_REQUEST";
}

export function textOf(body: unknown, name: string): string {
  const value: unknown =
    typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
  return typeof value === "string" ? value : "";
}

type WithoutNulls<T> = { [K in keyof T]: Exclude<T[K], null> };

export function withoutNulls<T extends object>(object: T): WithoutNulls<T> {
  return Object.fromEntries(
    Object.entries(object).filter(([, value]) => value !== null),
  ) as WithoutNulls<T>;
}
