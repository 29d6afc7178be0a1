// Takes the account for the return of a closed order's deposit: from the shopper, or from a merchant's refund.
import { AppError, maskAccountNumber, type CallBody } from "@payflow/shared";
import { attemptOf, isToCancel, lacksAccount, type Payment } from "../domain/payment.ts";
import { depositFor, nameAccount as decide } from "../domain/return_account.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";
import { settlePayment } from "./settle.ts";

type NameAccount = CallBody<"refund-account">;

/**
 * Takes the account from the shopper and returns the deposit to it. Throws AppError `refund_account_not_needed`,
 * `payment_not_found`.
 */
export async function nameAccount(command: NameAccount, deps: PaymentDeps): Promise<Payment> {
  const { account } = command;
  const { payment } = await decideAndSave(deps, {
    ...naming(command),
    decide: (loaded) => decide(loaded, account, deps.moment()),
  });
  await deps.faultPoint("refundAccount:stored");
  return await settlePayment(payment, deps);
}

/**
 * Takes the account from the merchant, if the shopper names none, and waits for the outcome. Undefined when no deposit
 * of the order waits for an account or is returned to this one: then it is an ordinary refund. Throws AppError
 * `amount_mismatch` for a part of the deposit.
 */
export async function returnDeposit(
  command: NameAccount & { readonly amount?: number | undefined },
  deps: PaymentDeps,
): Promise<{ readonly payment: Payment; readonly paymentKey: string } | undefined> {
  const { orderId, account, amount } = command;
  let paymentKey = "";
  const { payment, isChanged: isStored } = await decideAndSave(deps, {
    ...naming(command),
    decide(loaded) {
      const deposit = depositFor(loaded, account);
      paymentKey = deposit?.paymentKey ?? "";
      const whole = deposit?.cancel?.amount;
      if (deposit && amount !== undefined && amount !== whole) {
        const text = `Cannot refund ${amount} of order "${orderId}": its deposit of ${whole} can only be refunded in full`;
        throw new AppError("invalid", "amount_mismatch", text);
      }
      // the shopper may have named an account first
      return deposit && lacksAccount(deposit) ? decide(loaded, account, deps.moment()) : undefined;
    },
  });
  if (paymentKey === "") return undefined;
  if (isStored) await deps.faultPoint("refundAccount:stored");
  const outcome = isStored ? settlePayment(payment, deps) : undefined;
  const isKnown = (now: Payment) => !isToCancel(now, attemptOf(now, paymentKey));
  return { payment: await deps.awaitOutcome({ payment, outcome }, isKnown), paymentKey };
}

/** The history gets the bank and the masked account number only. */
function naming(command: NameAccount) {
  const { bank, accountNumber } = command.account;
  return {
    orderId: command.orderId,
    cause: "provideRefundAccount",
    detail: { account: { bank, accountNumber: maskAccountNumber(accountNumber) } },
    from: command,
    opens: "when lost",
  } as const;
}
