// The tax-free part of a payment. The order states it, the payment window repeats it, and the PSP books it. It moves no
// money, so a difference is reported but rejects nothing.
import { AppError, shareOf, sumWon } from "@payflow/shared";
import type { Kept } from "./charge.ts";
import type { Payment } from "./payment.ts";

/** True when the PSP's tax-free amount differs from the order's. */
export function taxFreeDiffers({ kept, taxFreeAmount }: Payment): boolean {
  if (kept?.approvedAt == null) return false;
  const parts = kept.cancels.map((cancel) => cancel.taxFreeAmount);
  return sumWon([kept.taxFreeAmount, ...parts]) !== taxFreeAmount;
}

/**
 * The tax-free part of a refund: as requested, otherwise its share of the balance, rounded down. Neither the taxed nor
 * the tax-free part of the balance goes below 0, and a refund of the whole balance takes both. Throws AppError
 * `tax_free_out_of_range`.
 */
export function taxFreePart(
  { orderId, kept }: { readonly orderId: string; readonly kept: Kept },
  amount: number,
  named: number | undefined,
): number {
  const { balanceAmount: balance } = kept;
  const left = Math.min(kept.taxFreeAmount, balance);
  if (named === undefined) return shareOf(amount, { part: left, whole: balance });
  const least = Math.max(0, amount - (balance - left));
  const most = Math.min(amount, left);
  if (named >= least && named <= most) return named;
  const text = `Cannot refund ${amount} of order "${orderId}" with a VAT-free part of ${named}: it must be from ${least} to ${most}`;
  throw new AppError("invalid", "tax_free_out_of_range", text);
}
