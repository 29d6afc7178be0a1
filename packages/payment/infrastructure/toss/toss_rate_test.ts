import { describe, expect, test } from "bun:test";
import { eventually } from "@payflow/shared/testing";
import { createTossGate } from "./toss_rate.ts";

/** A call that ends when it is told to. */
function call() {
  const end = Promise.withResolvers<string>();
  let begun = false;
  const run = () => {
    begun = true;
    return end.promise;
  };
  return { run, end, hasBegun: () => begun };
}

describe("createTossGate()", () => {
  test("has no more calls under way than it may", async () => {
    const gate = createTossGate({ perSecond: 1_000, atOnce: 2 });
    const calls = [call(), call(), call()];
    const answers = calls.map(({ run }) => gate(run, { urgent: false }));
    expect(calls.map(({ hasBegun }) => hasBegun())).toEqual([
      true,
      true,
      false,
    ]);
    calls[0]?.end.resolve("one");
    expect(await answers[0]).toBe("one");
    await eventually(() => calls[2]?.hasBegun() === true);
    calls[1]?.end.reject(new Error("two"));
    expect(answers[1]).rejects.toThrow("two");
    calls[2]?.end.resolve("three");
    expect(await answers[2]).toBe("three");
  });

  test("lets what moves money go before questions", async () => {
    const gate = createTossGate({ perSecond: 1_000, atOnce: 1 });
    const order: string[] = [];
    const named = (name: string) => async () => {
      order.push(name);
      return name;
    };
    const first = call();
    const all = [
      gate(first.run, { urgent: false }),
      gate(named("question"), { urgent: false }),
      gate(named("confirm"), { urgent: true }),
    ];
    first.end.resolve("");
    await Promise.all(all);
    expect(order).toEqual(["confirm", "question"]);
  });

  test("begins no more calls in a burst than a second's worth", async () => {
    const gate = createTossGate({ perSecond: 5, atOnce: 100 });
    const calls = Array.from({ length: 20 }, call);
    const answers = calls.map(({ run }) => gate(run, { urgent: false }));
    expect(calls.filter(({ hasBegun }) => hasBegun())).toHaveLength(5);
    for (const { end } of calls) end.resolve("");
    await answers[5];
    expect(calls.filter(({ hasBegun }) => hasBegun()).length).toBeLessThan(20);
  });

  test("refuses what would wait behind two thousand others", async () => {
    const gate = createTossGate({ perSecond: 10_000, atOnce: 1 });
    const blocking = call();
    const first = gate(blocking.run, { urgent: true });
    const waiting = Array.from({ length: 2_000 }, () =>
      gate(async () => "done", { urgent: true }),
    );
    expect(gate(async () => "too many", { urgent: true })).rejects.toThrow(
      "More than 2000 calls",
    );
    blocking.end.resolve("");
    await first;
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(["done"]));
  });
});
