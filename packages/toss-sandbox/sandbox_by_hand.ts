// Actions of a merchant in Toss's console, or of a buyer at the bank. They bypass the API, so
// injected faults and idempotency keys do not apply. The control API and the home page share them.

import { type CancelRequest, decideCancel } from "./sandbox_cancel.ts";
import { deposit, revertDeposit } from "./sandbox_deposit.ts";
import { expired, type Payment } from "./sandbox_payment.ts";
import type { SandboxState } from "./sandbox_state.ts";

/** The payment after the change, or a code and a sentence why nothing changed. */
export type ByHand =
  { readonly payment: Payment } | { readonly code: string; readonly sentence?: string };

export function depositByHand(state: SandboxState, payment: Payment, revert: boolean): ByHand {
  const outcome = (revert ? revertDeposit : deposit)(payment, state.now());
  if ("refusal" in outcome) return { code: "NO_DEPOSIT", sentence: outcome.refusal };
  state.store.atomically(() => state.apply(outcome.change));
  return { payment: outcome.change.payment };
}

export function refundByHand(
  state: SandboxState,
  payment: Payment,
  request: CancelRequest,
): ByHand {
  const { change, code } = decideCancel(payment, request, state.now());
  if (change !== undefined) state.store.atomically(() => state.apply(change));
  if (change === undefined || code !== undefined) return { code: code ?? "INVALID_REQUEST" };
  return { payment: change.payment };
}

/** The bank pays the refund of a deposit out, or refuses to. Toss sends no webhook about it. */
export function payOutByHand(state: SandboxState, payment: Payment, fails: boolean): ByHand {
  const account = payment.virtualAccount;
  if (account === null || account.refundStatus === "NONE") {
    return { code: "NO_PAYOUT", sentence: `No deposit of ${payment.paymentKey} was refunded.` };
  }
  const refundStatus = fails ? "FAILED" : "COMPLETED";
  const next: Payment = { ...payment, virtualAccount: { ...account, refundStatus } };
  state.store.atomically(() => state.apply({ payment: next, events: [] }));
  return { payment: next };
}

/** Expires a window, an authentication or, without a webhook like Toss, a virtual account. */
export function expireByHand(state: SandboxState, payment: Payment): ByHand {
  const { status, virtualAccount } = payment;
  const now = state.now();
  if (status === "READY" || status === "IN_PROGRESS") {
    const change = expired(payment);
    state.store.atomically(() => state.apply(change));
    return { payment: change.payment };
  }
  if (status !== "WAITING_FOR_DEPOSIT" || virtualAccount === null || virtualAccount.dueAt < now) {
    return { code: "NOTHING_TO_EXPIRE" };
  }
  const next = { ...payment, virtualAccount: { ...virtualAccount, dueAt: now - 1 } };
  state.store.atomically(() => state.apply({ payment: next, events: [] }));
  return { payment: next };
}
