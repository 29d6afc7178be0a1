import { describe, expect, test } from "bun:test";
import { silentLog } from "@payflow/shared/http";
import { eventually } from "@payflow/local-stack/testing";
import { openPayment, type Payment } from "../domain/payment.ts";
import { facts } from "../testing/given.ts";
import { createPaymentWatch } from "./payment_watch.ts";

const open = openPayment(facts);
const version = (n: number): Payment => ({ ...open, version: n });
const isThird = (payment: Payment) => payment.version >= 3;

/** A watch, and its queries to the database. */
function watchOf(stored: () => readonly Payment[] = () => [], waitMs = 600_000) {
  const queries: (readonly Payment[])[] = [];
  const watch = createPaymentWatch({
    waitMs,
    async findNewer(known) {
      queries.push(known);
      return stored();
    },
    onFault: (_, error) => expect(error).toBeUndefined(),
    log: silentLog,
  });
  const third = (payment: Payment) => watch.awaitOutcome({ payment, outcome: undefined }, isThird);
  return { ...watch, third, queries };
}

describe("createPaymentWatch()", () => {
  test("wakes every call by a save in this process, without a query", async () => {
    const { third, notify, queries } = watchOf();
    const calls = Array.from({ length: 400 }, () => third(version(1)));
    notify(version(2));
    notify(version(3));
    const seen = (await Promise.all(calls)).map((payment) => payment.version);
    expect(new Set(seen)).toEqual(new Set([3]));
    expect(queries).toEqual([]);
  });

  test("queries the saves of other replicas once for all requests", async () => {
    let stored: Payment[] = [];
    const { third, worker, queries } = watchOf(() => stored);
    const other = { ...version(1), orderId: "another-order" };
    const calls = [version(1), version(1), version(2), other].map(third);
    worker.start();
    await eventually(() => expect(queries.length).toBeGreaterThan(1));
    // each order once, however many requests wait, from the newest version that any of them has seen
    expect(queries[0]).toEqual([version(2), other]);
    stored = [version(4), { ...version(3), orderId: other.orderId }];
    const seen = (await Promise.all(calls)).map((payment) => payment.version);
    expect(seen).toEqual([4, 4, 4, 3]);
    await worker.stop();
  });

  test("queries nothing while no request waits", async () => {
    const { worker, queries } = watchOf();
    worker.start();
    await worker.stop();
    expect(queries).toEqual([]);
  });

  test("returns a settled payment at once, and the newest version after the time-out", async () => {
    expect((await watchOf().third(version(3))).version).toBe(3);
    const { third, notify } = watchOf(() => [], 20);
    const late = third(version(1));
    notify(version(2));
    expect((await late).version).toBe(2);
  });

  test("never returns an older version after a newer one", async () => {
    const { third, notify } = watchOf(() => [], 20);
    const waiting = third(version(2));
    notify(version(1));
    expect((await waiting).version).toBe(2);
  });
});
