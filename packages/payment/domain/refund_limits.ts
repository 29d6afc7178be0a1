// The PSP's limits on refunds, checked before a call is sent.
import { AppError } from "@payflow/shared";
import type { Kept } from "./charge.ts";

/** Throws AppError `refund_period_over`, or `refund_whole_only` for a partial refund. */
export function refuseBeyondLimits(
  { orderId, kept }: { readonly orderId: string; readonly kept: Kept },
  amount: number,
  now: string,
): void {
  const { wholeOnly, until } = kept.refundLimits;
  if (until !== null && now >= until) {
    const text = `Cannot refund order "${orderId}": the payment provider accepted refunds of it until ${until}`;
    throw new AppError("conflict", "refund_period_over", text);
  }
  if (!wholeOnly || amount === kept.balanceAmount) return;
  const text = `Cannot refund ${amount} of order "${orderId}": its payment can only be refunded in full, ${kept.balanceAmount}`;
  throw new AppError("invalid", "refund_whole_only", text);
}
