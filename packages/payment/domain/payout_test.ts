// The refund of a deposit is a bank transfer, which the bank may refuse days after the PSP's cancel.
import { expect, test } from "bun:test";
import { account, answered, at, atToss, canceled, key, waiting } from "../testing/given.ts";
import type { Charge } from "./charge.ts";
import { attemptOf, nextAtOf, type Payment } from "./payment.ts";
import { woken } from "./plan.ts";
import { recordFinding } from "./record.ts";
import { snapshotOf } from "./snapshot.ts";

const day = 24 * 60 * 60;
const deposited = { method: "가상계좌", virtualAccount: account };
const cancel = { transactionKey: "c", reason: "변심", taxFreeAmount: 0, mark: null };
const canceledAt = "2026-01-05T06:00:00.000Z";

/** Toss's response about a deposit of which an amount was refunded. */
const refundedAtToss = (amount: number, payout: Charge["payout"]) =>
  answered(
    atToss({
      ...deposited,
      status: amount === 1000 ? "CANCELED" : "PARTIAL_CANCELED",
      balanceAmount: 1000 - amount,
      cancels: [{ ...cancel, amount, canceledAt }],
      payout,
    }),
  );

const paid = (): Payment =>
  recordFinding(waiting(), key, answered(atToss(deposited)), at(20)).state;

/** A deposit for a closed order, which was returned. */
const late = (): Payment =>
  recordFinding(canceled(waiting()), key, answered(atToss(deposited)), at(20)).state;

test.each([
  ["a whole refund", paid, 1000],
  ["a part", paid, 400],
  ["the return of a late deposit", late, 1000],
] as const)(
  "the payout of %s is queried daily until it is made, and recorded",
  (_, given, amount) => {
    let { state } = recordFinding(given(), key, refundedAtToss(amount, "PENDING"), at(day));
    expect(attemptOf(state, key).payout).toBe("PENDING");
    const before = snapshotOf(state);
    for (const [days, payout, changes] of [
      [2, "PENDING", 0],
      [3, "FAILED", 1],
      [4, "FAILED", 0],
      [5, "PENDING", 1],
    ] as const) {
      const { version } = state;
      expect(nextAtOf(state)).toBe(at(days * day).now);
      const change = recordFinding(state, key, refundedAtToss(amount, payout), at(days * day));
      ({ state } = change);
      expect(attemptOf(state, key).payout).toBe(payout);
      expect([state.version - version, change.events, change.journal ?? []]).toEqual([
        changes,
        [],
        [],
      ]);
    }
    // an operator's query comes at once
    expect(nextAtOf(woken(state, at(5.5 * day).now, true)?.state as Payment)).toBe(
      at(5.5 * day).now,
    );
    state = recordFinding(state, key, { kind: "missing" }, at(6 * day)).state;
    expect(nextAtOf(state)).not.toBeNull();
    state = recordFinding(state, key, refundedAtToss(amount, null), at(7 * day)).state;
    expect(attemptOf(state, key).payout).toBeNull();
    // the kept payment is rechecked before
    for (let checks = 0, now = nextAtOf(state); checks < 5 && now !== null; checks++) {
      state = recordFinding(state, key, refundedAtToss(amount, null), { ...at(0), now }).state;
      now = nextAtOf(state);
    }
    expect(nextAtOf(state)).toBeNull();
    expect({ ...snapshotOf(state), paymentVersion: 0 }).toEqual({ ...before, paymentVersion: 0 });
  },
);
