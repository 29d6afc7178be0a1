// What goes with how an order was paid, beside its money: how it can be refunded, its receipts.
import * as v from "valibot";
import { IsoTime } from "./text.ts";

/** An address that a page may link to: https, or http on this machine, where the sandbox is. Anything else counts as none. */
export function receiptUrlOf(url: string | null | undefined): string | null {
  const parsed = url == null ? null : URL.parse(url);
  const isSafe =
    parsed?.protocol === "https:" ||
    (parsed?.protocol === "http:" && loopback.includes(parsed.hostname));
  return isSafe && parsed !== null ? parsed.href : null;
}
const loopback = ["localhost", "127.0.0.1", "[::1]"];

export const LinkedUrl = v.nullable(
  v.pipe(
    v.string(),
    v.transform((url) => receiptUrlOf(url)),
  ),
);

/** What the provider takes of a refund of this payment. */
export const RefundLimits = v.object({
  /** Only all that is left, never a part. */
  wholeOnly: v.boolean(),
  /** From then on no refund is taken; null: there is no such time. */
  until: v.nullable(IsoTime),
});
export type RefundLimits = Readonly<v.InferOutput<typeof RefundLimits>>;

/** The Korean cash receipt (현금영수증) of a payment by account; the provider issues it, and cancels it with each refund. */
export const CashReceipt = v.object({
  /** The provider's word: 소득공제 or 지출증빙. */
  type: v.string(),
  /** IN_PROGRESS: the tax office has it in a day or two. */
  status: v.picklist(["IN_PROGRESS", "COMPLETED", "FAILED", "CANCELED"]),
  url: LinkedUrl,
});
export type CashReceipt = Readonly<v.InferOutput<typeof CashReceipt>>;
