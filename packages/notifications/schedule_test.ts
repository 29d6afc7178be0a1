import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { plusMs } from "@payflow/shared";
import { webhookUrl } from "./endpoint_url.ts";
import {
  callsAtOnce,
  decideTry,
  downAfter,
  failingMaxMs,
  mailChannel,
  webhookChannel,
  type TryResult,
} from "./schedule.ts";

const now = "2026-01-05T05:00:00.000Z";
const hourMs = 60 * 60_000;
const { retryDelaysMs, callsMax } = webhookChannel;
const triesMax = retryDelaysMs.length + 1;
const moment = { channel: webhookChannel, now, random: 0 };
const result = (status: number | null, retryAfterMs?: number): TryResult => ({
  status,
  error: status === null ? "ECONNREFUSED" : null,
  response: null,
  retryAfterMs,
});
const fresh = { tries: 1, since: now, failures: 0, failingSince: null };

describe("decideTry()", () => {
  test("follows the schedule of Standard Webhooks: at once, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h", () => {
    const minutes = [1 / 12, 5, 30, 120, 300, 600, 840, 1_200, 1_440];
    expect<readonly number[]>(retryDelaysMs).toEqual(minutes.map((count) => count * 60_000));
    expect(triesMax).toBe(10);
  });

  test("gives up after ten tries, each after its delay plus at most a tenth", () => {
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
          const before = { ...fresh, tries: index + 1, failures: inARow };
          const given = result(status, retryAfterMs);
          const decision = decideTry(given, before, { ...moment, random });
          expect(decision.outcome).toBe(index + 1 < triesMax ? "retry" : "gave_up");
          const delayMs = Math.max(
            retryDelaysMs[index] ?? 0,
            Math.min(retryAfterMs ?? 0, 24 * hourMs),
          );
          if (decision.outcome === "gave_up") expect(decision.nextAt).toBeNull();
          else {
            const retryInMs = Date.parse(decision.nextAt ?? "") - Date.parse(now);
            expect(retryInMs).toBeGreaterThanOrEqual(Math.floor(delayMs));
            expect(retryInMs).toBeLessThanOrEqual(Math.ceil(delayMs * 1.1));
          }
          expect(decision.disable).toBe(status === 410 ? "gone" : null);
          expect(decision.pauseMs).toBeLessThanOrEqual(60_000);
          expect(decision.pauseMs > 0).toBe(inARow + 1 >= downAfter);
        });
      }),
    );
  });

  test("treats only 2xx as delivered", () => {
    for (let status = 100; status < 600; status++) {
      const { outcome } = decideTry(result(status), fresh, moment);
      expect(outcome === "delivered", String(status)).toBe(status >= 200 && status < 300);
    }
    expect(decideTry(result(null), fresh, moment).outcome).toBe("retry");
  });

  test("disables an endpoint that has failed for five days, unless it just succeeded", () => {
    const at = (failingSince: string, status: number) =>
      decideTry(result(status), { ...fresh, failingSince }, moment).disable;
    expect(at(plusMs(now, -failingMaxMs), 500)).toBe("failing");
    expect(at(plusMs(now, 1 - failingMaxMs), 500)).toBeNull();
    expect(at(plusMs(now, -failingMaxMs), 204)).toBeNull();
  });
});

test("callsAtOnce() allows one probe for an endpoint that is down", () => {
  const atOnce = [0, downAfter - 1, downAfter, 1_000].map((failures) =>
    callsAtOnce(failures, webhookChannel),
  );
  expect(atOnce).toEqual([callsMax, callsMax, 1, 1]);
});

describe("a mail", () => {
  const refused = { ...result(451), refuses: "now" as const };
  const again = (tries: number, since = now, given: TryResult = refused) =>
    decideTry(given, { ...fresh, tries, since }, { ...moment, channel: mailChannel });

  test("is retried with increasing delays, within three days", () => {
    const waits = [1, 2, 3, 7, 20].map(
      (tries) => Date.parse(again(tries).nextAt ?? "") - Date.parse(now),
    );
    expect(waits).toEqual([60_000, 300_000, 900_000, 43_200_000, 43_200_000]);
    expect(again(1, plusMs(now, -mailChannel.lifeMs + 60_000)).nextAt).not.toBeNull();
    expect(again(1, plusMs(now, -mailChannel.lifeMs + 59_000)).nextAt).toBeNull();
  });

  test("that was rejected permanently is not retried, and its server counts as up", () => {
    const decision = again(1, now, { ...result(550), refuses: "for_good" });
    expect(decision).toMatchObject({ outcome: "gave_up", isUp: true, disable: null });
  });

  test("is not delivered by a success status with an error", () => {
    const decision = again(1, now, { ...result(250), error: "Invalid greeting" });
    expect(decision).toMatchObject({ outcome: "retry", isUp: false });
  });

  test("of an erased customer says nothing about its server", () => {
    const decision = again(1, now, { ...result(null), unsent: "for_good" });
    expect(decision).toMatchObject({ outcome: "gave_up", nextAt: null, isUp: undefined });
  });

  test("that can't be composed yet is retried, and does not change the state of a server that is down", () => {
    const before = { ...fresh, failures: downAfter, failingSince: now };
    const given = { ...result(null), unsent: "now" as const };
    const decision = decideTry(given, before, { ...moment, channel: mailChannel });
    expect(decision).toMatchObject({ outcome: "retry", isUp: undefined, pauseMs: 0 });
    expect(decision.nextAt).not.toBeNull();
  });

  test("without a response shows that its server is down, and never disables it", () => {
    const failingSince = plusMs(now, -failingMaxMs);
    const before = { ...fresh, failures: downAfter, failingSince };
    const decision = decideTry(result(null), before, { ...moment, channel: mailChannel });
    expect(decision).toMatchObject({ outcome: "retry", isUp: false, disable: null });
    expect(decision.pauseMs).toBeGreaterThan(0);
  });
});

describe("webhookUrl()", () => {
  const closed = false;
  const open = true;

  test("accepts https addresses, and http where private addresses are allowed", () => {
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
  ])("rejects %s", (text, rule) => {
    expect(() => webhookUrl(text, rule)).toThrow(/^url: /);
  });
});
