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

const wide = {
  ...{ perSecond: 1_000, atOnce: 100, questionsAtOnce: 100 },
  waitMs: 30_000,
};

describe("createTossGate()", () => {
  test("has no more calls under way than it may", async () => {
    const gate = createTossGate({ ...wide, atOnce: 2 });
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
    const gate = createTossGate({ ...wide, atOnce: 1 });
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
    const gate = createTossGate({ ...wide, perSecond: 5 });
    const calls = Array.from({ length: 20 }, call);
    const answers = calls.map(({ run }) => gate(run, { urgent: false }));
    expect(calls.filter(({ hasBegun }) => hasBegun())).toHaveLength(5);
    for (const { end } of calls) end.resolve("");
    await answers[5];
    expect(calls.filter(({ hasBegun }) => hasBegun()).length).toBeLessThan(20);
  });

  test("refuses what would wait behind two thousand others", async () => {
    const gate = createTossGate({ ...wide, perSecond: 10_000, atOnce: 1 });
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

  test("keeps room for what moves money when questions hang", async () => {
    const gate = createTossGate({ ...wide, atOnce: 3, questionsAtOnce: 2 });
    const questions = [call(), call(), call()];
    const answers = questions.map(({ run }) => gate(run, { urgent: false }));
    expect(questions.map(({ hasBegun }) => hasBegun())).toEqual([
      true,
      true,
      false,
    ]);
    expect(await gate(async () => "paid", { urgent: true })).toBe("paid");
    for (const { end } of questions) end.resolve("");
    await Promise.all(answers);
  });

  test("sends nothing that has waited for too long", async () => {
    const gate = createTossGate({ ...wide, atOnce: 1, waitMs: 20 });
    const [hanging, late] = [call(), call()];
    const first = gate(hanging.run, { urgent: true });
    const waiting = gate(late.run, { urgent: true });
    await expect(waiting).rejects.toThrow("too busy");
    hanging.end.resolve("");
    await first;
    expect(late.hasBegun()).toBe(false);
  });
});
