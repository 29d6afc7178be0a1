import type { Change, PaymentEvent } from "@payflow/shared";
import { changed, keptOf, type Moment, type Payment } from "./payment.ts";

/**
 * Removes the name that stands beside a virtual account. Undefined: there is none. Refund accounts are masked as soon as
 * their refund has ended.
 */
export function erasePersonalData(
  payment: Payment,
  moment: Moment,
): Change<Payment, PaymentEvent> | undefined {
  const kept = keptOf(payment);
  if (!kept?.virtualAccount?.customerName) return undefined;
  const virtualAccount = { ...kept.virtualAccount, customerName: null };
  const after = { ...payment, kept: { ...kept, virtualAccount } };
  return changed(payment, after as Payment, moment);
}
