import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { plusMs } from "@payflow/shared";
import {
  callsAtOnce,
  callsMax,
  decideTry,
  downAfter,
  retryDelaysMs,
  triesMax,
  type TryResult,
} from "./webhook_delivery.ts";
import { failingMaxMs, webhookUrl } from "./webhook_endpoint.ts";

const now = "2026-01-05T05:00:00.000Z";
const hourMs = 60 * 60_000;
const result = (status: number | null, retryAfterMs?: number): TryResult => ({
  status,
  error: status === null ? "ECONNREFUSED" : null,
  response: null,
  durationMs: 1,
  retryAfterMs,
});
const fresh = { tries: 1, failures: 0, failingSince: null };

describe("decideTry()", () => {
  test("has the schedule of Standard Webhooks: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h", () => {
    const minutes = [1 / 12, 5, 30, 120, 300, 600, 840, 1_200, 1_440];
    expect(retryDelaysMs).toEqual(minutes.map((count) => count * 60_000));
    expect(triesMax).toBe(10);
  });

  test("any run of failures has ten tries, each after its delay and at most a tenth more, and then ends", () => {
    const failure = fc.record({
      status: fc.oneof(
        fc.constant(null),
        fc.integer({ min: 100, max: 199 }),
        fc.integer({ min: 300, max: 599 }),
      ),
      random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      retryAfterMs: fc.option(fc.nat(30 * 24 * hourMs), { nil: undefined }),
      failures: fc.nat(1_000),
    });
    fc.assert(
      fc.property(fc.array(failure, { minLength: triesMax, maxLength: triesMax }), (failures) => {
        failures.forEach(({ status, random, retryAfterMs, failures: inARow }, index) => {
          const before = { tries: index + 1, failures: inARow, failingSince: null };
          const decision = decideTry(result(status, retryAfterMs), before, { now, random });
          expect(decision.outcome).toBe(index + 1 < triesMax ? "retry" : "gave_up");
          const delayMs = Math.max(
            retryDelaysMs[index] ?? 0,
            Math.min(retryAfterMs ?? 0, 24 * hourMs),
          );
          if (decision.outcome === "gave_up") expect(decision.retryInMs).toBe(0);
          else {
            expect(decision.retryInMs).toBeGreaterThanOrEqual(Math.floor(delayMs));
            expect(decision.retryInMs).toBeLessThanOrEqual(Math.ceil(delayMs * 1.1));
          }
          expect(decision.disable).toBe(status === 410 ? "gone" : null);
          expect(decision.pauseMs).toBeLessThanOrEqual(60_000);
          expect(decision.pauseMs > 0).toBe(inARow + 1 >= downAfter);
        });
      }),
    );
  });

  test("takes every 2xx as delivered, and nothing else", () => {
    for (let status = 100; status < 600; status++) {
      const { outcome } = decideTry(result(status), fresh, { now, random: 0 });
      expect(outcome === "delivered", String(status)).toBe(status >= 200 && status < 300);
    }
    expect(decideTry(result(null), fresh, { now, random: 0 }).outcome).toBe("retry");
  });

  test("turns off an endpoint that has failed for five days, and none that just succeeded", () => {
    const at = (failingSince: string, status: number) =>
      decideTry(result(status), { ...fresh, failingSince }, { now, random: 0 }).disable;
    expect(at(plusMs(now, -failingMaxMs), 500)).toBe("failing");
    expect(at(plusMs(now, 1 - failingMaxMs), 500)).toBeNull();
    expect(at(plusMs(now, -failingMaxMs), 204)).toBeNull();
  });
});

test("callsAtOnce() leaves an endpoint that is down one probe", () => {
  expect([0, downAfter - 1, downAfter, 1_000].map(callsAtOnce)).toEqual([callsMax, callsMax, 1, 1]);
});

describe("webhookUrl()", () => {
  const closed = { allowsPrivate: false, isPublic: (host: string) => host !== "10.0.0.1" };
  const open = { ...closed, allowsPrivate: true };

  test("takes https addresses, and any where private ones are allowed", () => {
    expect(webhookUrl("https://Shop.example/hooks?a=1", closed)).toBe(
      "https://shop.example/hooks?a=1",
    );
    expect(webhookUrl("http://10.0.0.1:3000", open)).toBe("http://10.0.0.1:3000/");
  });

  test.each([
    ["shop.example/hooks", closed],
    ["http://shop.example/", closed],
    ["ftp://shop.example/", open],
    ["https://kim@shop.example/", closed],
    ["https://:secret@shop.example/", open],
    ["https://shop.example/#part", closed],
    ["https://10.0.0.1/", closed],
  ])("refuses %s", (text, rule) => {
    expect(() => webhookUrl(text, rule)).toThrow(/^url: /);
  });
});
