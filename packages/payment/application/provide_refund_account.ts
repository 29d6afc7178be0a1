import { provideRefundAccount as decide } from "../domain/closing.ts";
import type { Payment } from "../domain/payment.ts";
import type { RefundAccount } from "../domain/refund.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";
import { settlePayment } from "./settle_payment.ts";

/**
 * Takes the account to which a deposit for a closed order goes back, and sends it there. The account is not kept in
 * the history. Throws AppError `refund_account_not_needed`, `payment_not_found`.
 */
export async function provideRefundAccount(
  command: { readonly orderId: string; readonly account: RefundAccount },
  deps: PaymentDeps,
): Promise<Payment> {
  const { orderId, account } = command;
  await decideAndSave(
    {
      orderId,
      cause: "provideRefundAccount",
      decide: (payment) => decide(payment, account, deps.moment()),
    },
    deps,
  );
  await deps.faultPoint("refundAccount:stored");
  return await settlePayment({ orderId }, deps);
}
