import { describe, expect, test } from "bun:test";
import type { AppError } from "../app_error.ts";
import { createRateLimit } from "./rate_limit.ts";

/** A limit with a clock that the test sets; `refused` returns the error of a refused call. */
function limitOf(perMinute: number) {
  const clock = { nowMs: 0 };
  const limit = createRateLimit(perMinute, () => clock.nowMs);
  const refused = (address: string): AppError | undefined => {
    try {
      limit.take(address);
      return undefined;
    } catch (error) {
      return error as AppError;
    }
  };
  return { clock, refused };
}

describe("createRateLimit()", () => {
  test("admits a burst of perMinute calls, then refuses", () => {
    const { refused } = limitOf(3);
    for (let call = 0; call < 3; call++) expect(refused("192.0.2.1")).toBeUndefined();
    expect(refused("192.0.2.1")).toMatchObject({
      kind: "too_many",
      code: "rate_limited",
      details: { retryAfterSeconds: 20 },
    });
  });

  test("admits the next call after Retry-After, no sooner", () => {
    const { clock, refused } = limitOf(3);
    for (let call = 0; call < 3; call++) refused("192.0.2.1");
    clock.nowMs = 19_900;
    expect(refused("192.0.2.1")?.details.retryAfterSeconds).toBe(1);
    clock.nowMs = 20_900;
    expect(refused("192.0.2.1")).toBeUndefined();
  });

  test("admits perMinute calls a minute of an address that sends more", () => {
    const { clock, refused } = limitOf(60);
    let admitted = 0;
    for (; clock.nowMs < 120_000; clock.nowMs += 250) if (!refused("192.0.2.1")) admitted += 1;
    expect(admitted).toBeGreaterThanOrEqual(60 + 119);
    expect(admitted).toBeLessThanOrEqual(60 + 120);
  });

  test("a quiet hour allows no larger burst than perMinute", () => {
    const { clock, refused } = limitOf(2);
    refused("192.0.2.1");
    clock.nowMs = 3_600_000;
    const calls = [1, 2, 3].map(() => refused("192.0.2.1") === undefined);
    expect(calls).toEqual([true, true, false]);
  });

  test("counts every address by itself", () => {
    const { refused } = limitOf(1);
    refused("192.0.2.1");
    expect(refused("192.0.2.2")).toBeUndefined();
    expect(refused("192.0.2.1")).toBeDefined();
  });

  test("counts an IPv6 /64 as one address", () => {
    const { refused } = limitOf(1);
    refused("2001:db8:1:2::1");
    expect(refused("2001:db8:1:2:ffff::9")).toBeDefined();
    expect(refused("2001:0db8:0001:0002::3")).toBeDefined();
    expect(refused("2001:db8:1:3::1")).toBeUndefined();
    expect(refused("::1")).toBeUndefined();
    expect(refused("1::")).toBeUndefined();
  });

  test("evicts the least recently used address when it holds too many", () => {
    const { refused } = limitOf(1);
    refused("first");
    for (let n = 0; n < 20_000; n++) refused(`address-${n}`);
    expect(refused("first")).toBeUndefined();
    expect(refused("address-19999")).toBeDefined();
  });

  test("0 switches it off", () => {
    const { refused } = limitOf(0);
    for (let call = 0; call < 100; call++) expect(refused("192.0.2.1")).toBeUndefined();
  });
});
