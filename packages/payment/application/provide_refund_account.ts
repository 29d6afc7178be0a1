import { sameJson } from "@payflow/shared";
import { lacksAccount } from "../domain/attempt.ts";
import { provideRefundAccount as decide } from "../domain/closing.ts";
import { keptOf, type Payment } from "../domain/payment.ts";
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

/**
 * Takes the account from the merchant, when the shopper doesn't name one, as a refund of a closed order. Undefined when
 * nothing of it waits, or has waited, for this account: then it is a refund like any other.
 */
export async function returnDeposit(
  command: { readonly orderId: string; readonly account: RefundAccount },
  deps: PaymentDeps,
): Promise<Payment | undefined> {
  const payment = await deps.payments.find(command.orderId);
  if (payment === undefined || keptOf(payment)?.approvedAt != null)
    return undefined;
  if (payment.attempts.some(lacksAccount))
    return await provideRefundAccount(command, deps);
  const isNamed = payment.attempts.some(({ voiding }) =>
    sameJson(voiding?.account, command.account),
  );
  return isNamed ? payment : undefined;
}
