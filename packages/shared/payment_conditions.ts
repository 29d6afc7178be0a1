// Conditions and documents of a payment: its refund limits and receipts.
import * as v from "valibot";
import { IsoTime } from "./text.ts";

/** An address that a page may link to: https, or http on this machine for the sandbox. Returns null for any other. */
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

/** The provider's limits on refunds of this payment. */
export const RefundLimits = v.object({
  /** Only the whole balance can be refunded, no part of it. */
  wholeOnly: v.boolean(),
  /** From then on the provider refuses refunds; null: no such limit. */
  until: v.nullable(IsoTime),
});
export type RefundLimits = Readonly<v.InferOutput<typeof RefundLimits>>;

/** The Korean cash receipt (현금영수증) of a payment by account; the provider issues it, and cancels it with each refund. */
export const CashReceipt = v.object({
  /** The provider's term: 소득공제 or 지출증빙. */
  type: v.string(),
  /** IN_PROGRESS: the tax office gets it within a day or two. */
  status: v.picklist(["IN_PROGRESS", "COMPLETED", "FAILED", "CANCELED"]),
  url: LinkedUrl,
});
export type CashReceipt = Readonly<v.InferOutput<typeof CashReceipt>>;
