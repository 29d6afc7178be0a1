import type { Transaction } from "@payflow/ledger/movements";
import { earlier, plusMs, type SweepProgress } from "@payflow/shared";
import { findBehind } from "../domain/transactions.ts";
import type { PaymentDeps } from "./ports.ts";
import { settlePayment } from "./settle.ts";

/** Each window overlaps the one before: the PSP may list a transaction a little after it happened. */
const overlapMs = 10 * 60_000;
/** After a long pause or a restore, the list is read in parts, so that it fits into memory. */
const sliceMs = 60 * 60_000;

/**
 * Reads the PSP's list of approvals and cancels from where the last sweep ended, and queries every payment that lacks
 * something listed. That finds changes without a webhook, such as a refund in the PSP's console or a deposit that the
 * bank reversed. A list read to its end proves the database complete, unless it was restored meanwhile. Returns how
 * many payments were queried.
 */
export async function sweepTransactions(deps: PaymentDeps & { readonly progress: SweepProgress }) {
  const incarnation = await deps.proof.incarnation();
  const { now } = deps.moment();
  let queried = 0;
  let until = (await deps.progress.read()) ?? plusMs(now, -sliceMs);
  do {
    const to = earlier(plusMs(until, sliceMs), now);
    const listed = await deps.gateway.listTransactions({ from: plusMs(until, -overlapMs), to });
    const { behind, isWhole } = await settleListed(listed, deps);
    queried += behind;
    if (!isWhole || (await deps.proof.incarnation()) !== incarnation) return queried;
    await deps.progress.advance(to);
    until = to;
  } while (until < now);
  // every loss before this run of the database server has been found
  await deps.proof.prove(incarnation);
  return queried;
}

/** Queries every payment that lacks something in a part of the PSP's list. */
export async function settleListed(listed: readonly Transaction[], deps: PaymentDeps) {
  const payments = await deps.payments.findMany([...new Set(listed.map(({ orderId }) => orderId))]);
  const own = new Set(payments.map(({ orderId }) => orderId));
  await deps.proof.keepUnclaimed(listed.filter(({ orderId }) => !own.has(orderId)));
  const behind = findBehind(listed, payments);
  let isWhole = true;
  // each paymentKey alone: one that can never be settled blocks neither others of its order nor later sweeps
  const each = [...behind].flatMap(([payment, keys]) => keys.map((key) => [payment, key] as const));
  for (const [payment, paymentKey] of each) {
    try {
      await deps.faultPoint("transactionSweep:found");
      await settlePayment(payment, deps, [paymentKey]);
      await deps.faultPoint("transactionSweep:settled");
    } catch (error) {
      if (deps.isTemporary(error)) isWhole = false;
      deps.onFault(payment, error);
    }
  }
  return { behind: behind.size, isWhole };
}
