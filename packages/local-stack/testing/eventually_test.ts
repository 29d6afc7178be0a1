import { expect, test } from "bun:test";
import { eventually } from "./eventually.ts";

test("eventually() returns the value of the first check that passes", async () => {
  let tries = 0;
  const value = await eventually(() => {
    tries++;
    if (tries === 1) throw new Error("not yet");
    return tries === 2 ? false : tries;
  });
  expect(value).toBe(3);
});

test("eventually() accepts a check that consists of expectations", async () => {
  await eventually(() => {
    expect(1).toBe(1);
  });
});

test("eventually() rethrows the last error after the time-out", async () => {
  let tries = 0;
  const waiting = eventually(
    () => {
      throw new Error(`try ${++tries}`);
    },
    { timeoutMs: 30 },
  );
  await expect(waiting).rejects.toThrow(/^try \d+$/);
  expect(tries).toBeGreaterThan(1);
});

test("eventually() names the condition that stayed false", async () => {
  const waiting = eventually(() => false, { timeoutMs: 10, what: "the order" });
  await expect(waiting).rejects.toThrow("Gave up waiting for the order");
});

test("eventually() gives up on a check that hangs", async () => {
  const waiting = eventually(() => new Promise<void>(() => {}), { timeoutMs: 20 });
  await expect(waiting).rejects.toThrow("the check did not answer");
});
