// The refund of a deposit is a bank transfer, which the bank may refuse days after the PSP's cancel.
import { expect, test } from "bun:test";
import { account, answered, at, atToss, canceled, key, waiting } from "../testing/given.ts";
import type { Charge } from "./charge.ts";
import { attemptOf, nextAtOf, type Payment } from "./payment.ts";
import { woken } from "./plan.ts";
import { recordFinding } from "./record.ts";
import { dismissPayout } from "./requests.ts";
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
      const refundDelayed = payout === "FAILED";
      // the shopper's order shows it; no money is booked
      const shown = change.events.map((event) => event.refundDelayed);
      expect(shown).toEqual(changes === 1 ? [refundDelayed] : []);
      expect(change.entries ?? []).toEqual(
        changes === 1 ? [{ kind: refundDelayed ? "refund_delayed" : "refund_delay_over" }] : [],
      );
      expect([state.version - version, change.journal ?? []]).toEqual([changes, []]);
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

test("a dismissed payout needs no attention until Toss reports another status or another refund", () => {
  let { state } = recordFinding(paid(), key, refundedAtToss(400, "FAILED"), at(day));
  const record = (charge: ReturnType<typeof refundedAtToss>, days: number) => {
    ({ state } = recordFinding(state, key, charge, at(days * day)));
    return snapshotOf(state).refundDelayed;
  };
  const dismissed = () => {
    const change = dismissPayout(state, at(2 * day));
    ({ state } = change ?? { state });
    return change?.entries;
  };
  expect(dismissPayout(paid(), at(day))).toBeUndefined();
  expect(snapshotOf(state).refundDelayed).toBe(true);
  expect(dismissed()).toEqual([{ kind: "refund_delay_over" }]);
  // safe to repeat
  expect(dismissed()).toBeUndefined();
  expect(snapshotOf(state).refundDelayed).toBe(false);
  const { version } = state;
  expect(record(refundedAtToss(400, "FAILED"), 3)).toBe(false);
  expect([state.version, nextAtOf(state)]).toEqual([version, at(4 * day).now]);
  expect(record(refundedAtToss(400, "PARTIAL_FAILED"), 4)).toBe(true);
  expect(dismissed()).toHaveLength(1);
  const { payment } = refundedAtToss(400, "PARTIAL_FAILED");
  const more = { ...payment.cancels[0], ...cancel, amount: 100, canceledAt, transactionKey: "d" };
  const cancels = [...payment.cancels, more];
  const again = answered({ ...payment, balanceAmount: 500, cancels });
  expect(record(again, 5)).toBe(true);
  expect(dismissed()).toHaveLength(1);
  expect(record(answered({ ...again.payment, payout: null }), 6)).toBe(false);
  expect(attemptOf(state, key).payout).toBeNull();
});

test.each([["at once", []] as const, ["after another try of the bank", ["PENDING"]] as const])(
  "a dismissed payout that Toss makes %s is paid twice until that is dismissed too",
  (_, payouts) => {
    let { state } = recordFinding(paid(), key, refundedAtToss(400, "FAILED"), at(day));
    const dismiss = () => {
      const change = dismissPayout(state, at(2 * day));
      ({ state } = change ?? { state });
      return [change !== undefined, attemptOf(state, key).paidOutsideAt];
    };
    expect(dismiss()).toEqual([true, at(2 * day).now]);
    for (const payout of [...payouts, null, null])
      ({ state } = recordFinding(state, key, refundedAtToss(400, payout), at(3 * day)));
    expect(attemptOf(state, key)).toMatchObject({ payout: null, paidOutsideAt: at(2 * day).now });
    expect(snapshotOf(state).refundDelayed).toBe(false);
    expect([dismiss(), dismiss()]).toEqual([
      [true, null],
      [false, null],
    ]);
  },
);

test("a dismissed payout is queried daily for 90 days, and then on an operator's request", () => {
  let { state } = recordFinding(paid(), key, refundedAtToss(400, "FAILED"), at(day));
  state = dismissPayout(state, at(day))?.state ?? state;
  let days = 1;
  for (; nextAtOf(state) !== null && days < 200; days++) {
    expect(nextAtOf(state)).toBe(at((days + 1) * day).now);
    ({ state } = recordFinding(state, key, refundedAtToss(400, "FAILED"), at((days + 1) * day)));
  }
  expect(days).toBe(91);
  const now = at(300 * day).now;
  expect(nextAtOf(woken(state, now, true)?.state as Payment)).toBe(now);
});
