import { describe, expect, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import { createCallGate } from "./call_gate.ts";

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

const lane = { places: 100, waitingMax: 2_000 };
const wide = { confirm: lane, cancel: lane, query: lane };
const never = new AbortController().signal;

describe("createCallGate()", () => {
  test("has at most the allowed number of concurrent calls", async () => {
    const gate = createCallGate({ ...wide, query: { ...lane, places: 2 } }, 1_000);
    const calls = [call(), call(), call()];
    const answers = calls.map(({ run }) => gate("query", run, never));
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
    const gate = createCallGate(wide, 2);
    const order: string[] = [];
    const named = (name: string) => async () => {
      order.push(name);
      return name;
    };
    // all in one turn of the event loop, which ends long before the next call may start
    const burst = Array.from({ length: 2 }, () => gate("query", async () => "burst", never));
    await Promise.all([
      ...burst,
      gate("query", named("query"), never),
      gate("cancel", named("cancel"), never),
      gate("confirm", named("confirm"), never),
    ]);
    expect(order).toEqual(["confirm", "cancel", "query"]);
  });

  test("starts at most one second's calls in a burst", async () => {
    const gate = createCallGate(wide, 5);
    const calls = Array.from({ length: 20 }, call);
    const answers = calls.map(({ run }) => gate("query", run, never));
    await nextTurn();
    expect(calls.filter(({ hasBegun }) => hasBegun())).toHaveLength(5);
    for (const { end } of calls) end.resolve("");
    await answers[5];
    expect(calls.filter(({ hasBegun }) => hasBegun()).length).toBeLessThan(20);
  });

  test("refuses a call that would wait behind `waitingMax` others", async () => {
    const gate = createCallGate({ ...wide, confirm: { ...lane, places: 1 } }, 10_000);
    const blocking = call();
    const first = gate("confirm", blocking.run, never);
    const waiting = Array.from({ length: 2_000 }, () => gate("confirm", async () => "done", never));
    expect(gate("confirm", async () => "too many", never)).rejects.toThrow(
      'slots for calls of kind "confirm" are taken',
    );
    blocking.end.resolve("");
    await first;
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(["done"]));
  });

  test.each([
    ["query", ["confirm", "cancel"]],
    ["confirm", ["query", "cancel"]],
    ["cancel", ["confirm", "query"]],
  ] as const)("a %s that hangs takes no place of %p", async (kind, others) => {
    const one = { ...lane, places: 1 };
    const kinds = { confirm: one, cancel: one, query: one, [kind]: { ...lane, places: 2 } };
    const gate = createCallGate(kinds, 1_000);
    const hanging = [call(), call(), call()];
    const answers = hanging.map(({ run }) => gate(kind, run, never));
    await nextTurn();
    const begun = hanging.map(({ hasBegun }) => hasBegun());
    expect(begun).toEqual([true, true, false]);
    for (const other of others) expect(await gate(other, async () => "done", never)).toBe("done");
    for (const { end } of hanging) end.resolve("");
    await Promise.all(answers);
  });

  test("does not make a call that is aborted while it waits, and gives it no place", async () => {
    const gate = createCallGate({ ...wide, confirm: { ...lane, places: 1 } });
    const [hanging, late] = [call(), call()];
    const first = gate("confirm", hanging.run, never);
    const waiting = gate("confirm", late.run, AbortSignal.timeout(20));
    await expect(waiting).rejects.toThrow('kind "confirm" waited too long for a place');
    hanging.end.resolve("");
    await first;
    expect(late.hasBegun()).toBe(false);
    expect(await gate("confirm", async () => "next", never)).toBe("next");
  });

  test("runs a call per place, queues up to the limit, and refuses further calls at once", async () => {
    const gate = createCallGate({
      test: { places: 2, waitingMax: 1 },
      none: { places: 1, waitingMax: 0 },
    });
    const [one, two, three] = [call(), call(), call()];
    const ends = [one, two, three].map(({ run }) => gate("test", run, never));
    await expect(gate("test", async () => "four", never)).rejects.toThrow(
      'slots for calls of kind "test" are taken',
    );
    expect(three.hasBegun()).toBe(false);
    expect(gate.pools.map(([kind, read]) => [kind, read()])).toEqual([
      ["test", { size: 2, taken: 2, waiting: 1 }],
      ["none", { size: 1, taken: 0, waiting: 0 }],
    ]);
    expect(await gate("none", async () => "at once", never)).toBe("at once");
    one.end.reject(new Error("failed"));
    await expect(ends[0]).rejects.toThrow("failed");
    three.end.resolve("three");
    two.end.resolve("two");
    expect(await Promise.all(ends.slice(1))).toEqual(["two", "three"]);
    expect(await gate("test", async () => "later", never)).toBe("later");
  });
});
