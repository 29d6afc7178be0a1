import { describe, expect, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import { createTossGate } from "./toss_rate.ts";

/** A call that ends when the test ends it. */
function call() {
  const end = Promise.withResolvers<string>();
  let begun = false;
  const run = () => {
    begun = true;
    return end.promise;
  };
  return { run, end, hasBegun: () => begun };
}

/** A call with a free slot starts in the next turn of the event loop. */
const nextTurn = () => Promise.resolve();

const wide = {
  perSecond: 1_000,
  atOnce: { confirm: 100, cancel: 100, query: 100 },
  waitMs: 30_000,
};

describe("createTossGate()", () => {
  test("has no more calls under way than it may", async () => {
    const gate = createTossGate({ ...wide, atOnce: { ...wide.atOnce, query: 2 } });
    const calls = [call(), call(), call()];
    const answers = calls.map(({ run }) => gate(run, "query"));
    await nextTurn();
    expect(calls.map(({ hasBegun }) => hasBegun())).toEqual([true, true, false]);
    calls[0]?.end.resolve("one");
    expect(await answers[0]).toBe("one");
    await eventually(() => calls[2]?.hasBegun() === true);
    calls[1]?.end.reject(new Error("two"));
    expect(answers[1]).rejects.toThrow("two");
    calls[2]?.end.resolve("three");
    expect(await answers[2]).toBe("three");
  });

  test("when calls must wait for the second's worth, confirms go first, then cancels, then queries", async () => {
    const gate = createTossGate({ ...wide, perSecond: 2 });
    const order: string[] = [];
    const named = (name: string) => async () => {
      order.push(name);
      return name;
    };
    // all in one turn of the event loop, which ends long before the next call may start
    const burst = Array.from({ length: 2 }, () => gate(async () => "burst", "query"));
    await Promise.all([
      ...burst,
      gate(named("query"), "query"),
      gate(named("cancel"), "cancel"),
      gate(named("confirm"), "confirm"),
    ]);
    expect(order).toEqual(["confirm", "cancel", "query"]);
  });

  test("begins no more calls in a burst than a second's worth", async () => {
    const gate = createTossGate({ ...wide, perSecond: 5 });
    const calls = Array.from({ length: 20 }, call);
    const answers = calls.map(({ run }) => gate(run, "query"));
    await nextTurn();
    expect(calls.filter(({ hasBegun }) => hasBegun())).toHaveLength(5);
    for (const { end } of calls) end.resolve("");
    await answers[5];
    expect(calls.filter(({ hasBegun }) => hasBegun()).length).toBeLessThan(20);
  });

  test("refuses what would wait behind two thousand others", async () => {
    const gate = createTossGate({
      ...wide,
      perSecond: 10_000,
      atOnce: { ...wide.atOnce, confirm: 1 },
    });
    const blocking = call();
    const first = gate(blocking.run, "confirm");
    const waiting = Array.from({ length: 2_000 }, () => gate(async () => "done", "confirm"));
    expect(gate(async () => "too many", "confirm")).rejects.toThrow("More than 2000 calls");
    blocking.end.resolve("");
    await first;
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(["done"]));
  });

  test.each([
    ["query", ["confirm", "cancel"]],
    ["confirm", ["query", "cancel"]],
    ["cancel", ["confirm", "query"]],
  ] as const)("a %s that hangs takes no place of %p", async (kind, others) => {
    const atOnce = { confirm: 1, cancel: 1, query: 1, [kind]: 2 };
    const gate = createTossGate({ ...wide, atOnce });
    const hanging = [call(), call(), call()];
    const answers = hanging.map(({ run }) => gate(run, kind));
    await nextTurn();
    const begun = hanging.map(({ hasBegun }) => hasBegun());
    expect(begun).toEqual([true, true, false]);
    for (const other of others) expect(await gate(async () => "done", other)).toBe("done");
    for (const { end } of hanging) end.resolve("");
    await Promise.all(answers);
  });

  test("sends nothing that has waited for too long", async () => {
    const gate = createTossGate({ ...wide, atOnce: { ...wide.atOnce, confirm: 1 }, waitMs: 20 });
    const [hanging, late] = [call(), call()];
    const first = gate(hanging.run, "confirm");
    const waiting = gate(late.run, "confirm");
    await expect(waiting).rejects.toThrow("too busy");
    hanging.end.resolve("");
    await first;
    expect(late.hasBegun()).toBe(false);
  });
});
