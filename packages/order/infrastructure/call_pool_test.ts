import { describe, expect, test } from "bun:test";
import { createCallPool } from "./call_pool.ts";

const never = new AbortController().signal;

function call() {
  const end = Promise.withResolvers<string>();
  const state = { begun: false };
  const run = () => {
    state.begun = true;
    return end.promise;
  };
  return { run, end, state };
}

describe("createCallPool()", () => {
  test("runs a call per place, queues up to the limit, and refuses further calls at once", async () => {
    const pool = createCallPool({ name: "test", places: 2, waitingMax: 1 });
    const [one, two, three] = [call(), call(), call()];
    const ends = [one, two, three].map(({ run }) => pool(run, never));
    await expect(pool(async () => "four", never)).rejects.toThrow(
      'places for calls of kind "test" are taken',
    );
    expect(three.state.begun).toBe(false);
    one.end.reject(new Error("failed"));
    await expect(ends[0]).rejects.toThrow("failed");
    three.end.resolve("three");
    two.end.resolve("two");
    expect(await Promise.all(ends.slice(1))).toEqual(["two", "three"]);
    expect(await pool(async () => "later", never)).toBe("later");
  });

  test("does not make a call that is aborted while it waits, and gives it no place", async () => {
    const pool = createCallPool({ name: "test", places: 1, waitingMax: 5 });
    const [hanging, late] = [call(), call()];
    const first = pool(hanging.run, never);
    const timeout = new AbortController();
    const second = pool(late.run, timeout.signal);
    timeout.abort(new Error("timed out"));
    await expect(second).rejects.toThrow("timed out");
    hanging.end.resolve("");
    await first;
    expect(late.state.begun).toBe(false);
    expect(await pool(async () => "next", never)).toBe("next");
  });
});
