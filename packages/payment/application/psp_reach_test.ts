import { expect, test } from "bun:test";
import { createPspReach } from "./psp_reach.ts";

function reachAt() {
  let ms = 0;
  const changes: boolean[] = [];
  let probes = 0;
  const reach = createPspReach({
    nowMs: () => ms,
    onChange: (isReached) => changes.push(isReached),
  });
  const mayClaim = (isAnswer = false) =>
    reach.mayClaim(async () => {
      probes += 1;
      reach.record(isAnswer);
    });
  const silence = (count: number) => {
    for (let call = 0; call < count; call++) reach.record(false);
  };
  return {
    reach,
    changes,
    mayClaim,
    silence,
    probes: () => probes,
    wait: (byMs: number) => (ms += byMs),
  };
}

test("five calls in a row without a response stop the claims, not with a response in between", async () => {
  const { reach, changes, mayClaim, silence, probes } = reachAt();
  reach.record(true);
  silence(4);
  reach.record(true);
  silence(4);
  expect(await mayClaim()).toBe(true);
  silence(1);
  expect(await mayClaim()).toBe(false);
  expect(changes).toEqual([false]);
  expect(probes()).toBe(1);
});

test("a process claims nothing before Toss's first response", async () => {
  const { mayClaim, probes } = reachAt();
  expect(await mayClaim(true)).toBe(true);
  expect(probes()).toBe(1);
  expect(await mayClaim()).toBe(true);
  expect(await reachAt().mayClaim()).toBe(false);
});

test("probes back off to ten seconds, and the first response starts the claims again", async () => {
  const { changes, mayClaim, silence, probes, wait } = reachAt();
  silence(5);
  for (let second = 0; second < 120; second++) {
    expect(await mayClaim()).toBe(false);
    wait(1_000);
  }
  expect(probes()).toBeWithin(12, 20);
  wait(10_000);
  expect(await mayClaim(true)).toBe(true);
  expect(changes).toEqual([false, true]);
});

test("open payments are made due by the first response, and by each return of Toss", () => {
  const { reach, silence, wait } = reachAt();
  expect(reach.isToWake()).toBe(false);
  reach.record(true);
  expect(reach.isToWake()).toBe(true);
  reach.woke();
  reach.record(true);
  expect(reach.isToWake()).toBe(false);
  silence(5);
  reach.record(true);
  // not repeatedly on an unstable connection
  expect(reach.isToWake()).toBe(false);
  wait(60_000);
  expect(reach.isToWake()).toBe(true);
});
