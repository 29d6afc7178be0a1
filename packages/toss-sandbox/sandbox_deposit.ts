// Deposits into a virtual account, and their reversal by the bank. Toss has no API for either: its
// test environment has a button for deposits.

import type { Change, Payment } from "./sandbox_payment.ts";
import { newTransactionKey } from "./toss_ids.ts";

/** A change, or a sentence why it is not possible. */
export type DepositOutcome = { readonly change: Change } | { readonly refusal: string };

export function deposit(payment: Payment, now: number): DepositOutcome {
  const account = payment.virtualAccount;
  if (payment.status !== "WAITING_FOR_DEPOSIT" || account === null) {
    return refuse(payment, "only a payment that is WAITING_FOR_DEPOSIT takes one");
  }
  if (now > account.dueAt) return refuse(payment, "the account's due time has passed");
  const transactionKey = newTransactionKey(now);
  return {
    change: {
      payment: {
        ...payment,
        status: "DONE",
        approvedAt: now,
        approvals: payment.approvals + 1,
        lastTransactionKey: transactionKey,
        virtualAccount: { ...account, depositorName: payment.customerName ?? "입금자" },
      },
      transaction: { transactionKey, status: "DONE", at: now, amount: payment.totalAmount },
      events: ["PAYMENT_STATUS_CHANGED", "DEPOSIT_CALLBACK"],
    },
  };
}

/** Reverses a deposit: DONE returns to WAITING_FOR_DEPOSIT. */
export function revertDeposit(payment: Payment, now: number): DepositOutcome {
  const account = payment.virtualAccount;
  if (payment.status !== "DONE" || account === null) {
    return refuse(payment, "only a DONE virtual account payment can lose its deposit");
  }
  const transactionKey = newTransactionKey(now);
  return {
    change: {
      payment: {
        ...payment,
        status: "WAITING_FOR_DEPOSIT",
        approvedAt: null,
        approvals: payment.approvals - 1,
        lastTransactionKey: transactionKey,
        virtualAccount: { ...account, depositorName: null },
      },
      transaction: {
        transactionKey,
        status: "WAITING_FOR_DEPOSIT",
        at: now,
        amount: payment.totalAmount,
      },
      events: ["PAYMENT_STATUS_CHANGED", "DEPOSIT_CALLBACK"],
    },
  };
}

function refuse(payment: Payment, because: string): DepositOutcome {
  return {
    refusal: `No deposit for ${payment.paymentKey} (${payment.status}): ${because}.`,
  };
}
