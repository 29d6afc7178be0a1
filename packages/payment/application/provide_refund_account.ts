import { AppError, maskAccountNumber, type Actor } from "@payflow/shared";
import { lacksAccount } from "../domain/attempt.ts";
import { depositFor, provideRefundAccount as decide } from "../domain/closing.ts";
import type { Payment } from "../domain/payment.ts";
import type { RefundAccount } from "../domain/refund.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";
import { lostPayment, type FromOrder } from "./refund_payment.ts";
import { settlePayment } from "./settle_payment.ts";

/**
 * Takes the account to which a deposit for a closed order goes back, and sends it there. The history keeps who named
 * it, and of the account the bank and the last digits. Throws AppError `refund_account_not_needed`, `payment_not_found`.
 */
export async function provideRefundAccount(
  command: FromOrder & {
    readonly orderId: string;
    readonly account: RefundAccount;
    readonly by: Actor;
  },
  deps: PaymentDeps,
): Promise<Payment> {
  const { orderId, account, known, by } = command;
  await decideAndSave(
    {
      orderId,
      cause: "provideRefundAccount",
      known,
      open: lostPayment(command, deps.moment().now),
      detail: { by, account: masked(account) },
      decide: (payment) => decide(payment, account, deps.moment()),
    },
    deps,
  );
  await deps.faultPoint("refundAccount:stored");
  return await settlePayment({ orderId }, deps);
}

/**
 * Takes the account from the merchant, when the shopper doesn't name one, as a refund of a closed order. Returns as soon
 * as it is stored, with the outcome to wait for. Undefined when nothing of the order waits, or has waited, for this
 * account: then it is a refund like any other. Throws AppError `amount_mismatch` when only a part is to go back.
 */
export async function returnDeposit(
  command: FromOrder & {
    readonly orderId: string;
    readonly account: RefundAccount;
    readonly amount?: number | undefined;
  },
  deps: PaymentDeps,
): Promise<
  | {
      readonly payment: Payment;
      readonly outcome: Promise<Payment> | undefined;
    }
  | undefined
> {
  const { orderId, account, amount, known } = command;
  const trusted = await decideAndSave(
    {
      orderId,
      known,
      cause: "provideRefundAccount",
      open: lostPayment(command, deps.moment().now),
      decide: () => undefined,
    },
    deps,
  );
  const deposit = depositFor(trusted, account);
  if (deposit === undefined) return undefined;
  const whole = deposit.voiding?.amount;
  if (amount !== undefined && amount !== whole) {
    const message = `Cannot return ${amount} of order "${orderId}": its deposit of ${whole} goes back whole`;
    throw new AppError("invalid", "amount_mismatch", message);
  }
  let stored = false;
  const payment = await decideAndSave(
    {
      orderId,
      cause: "provideRefundAccount",
      known,
      detail: { by: "merchant", account: masked(account) },
      // a shopper may have been faster
      decide: (now) => {
        stored = now.attempts.some(lacksAccount);
        return stored ? decide(now, account, deps.moment()) : undefined;
      },
    },
    deps,
  );
  if (!stored) return { payment, outcome: undefined };
  await deps.faultPoint("refundAccount:stored");
  return { payment, outcome: settlePayment({ orderId }, deps) };
}

function masked({ bank, accountNumber }: RefundAccount) {
  return { bank, accountNumber: maskAccountNumber(accountNumber) };
}
