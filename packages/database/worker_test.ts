import { expect, test } from "bun:test";
import { silentLog } from "./log.ts";
import { backoffMs } from "./pause.ts";
import { createWorker, type WorkerOptions } from "./worker.ts";

/** So long that a test which depended on it would not end. */
const never = 3_600_000;

function workerOf(runOnce: WorkerOptions["runOnce"], options: Partial<WorkerOptions> = {}) {
  return createWorker({
    name: "test",
    idleMs: never,
    log: silentLog,
    runOnce,
    ...options,
  });
}

/** Lets everything run that only waits for its turn. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((done) => setImmediate(done));
}

/** Resolves when the returned function has been called so often. */
function calls(count: number) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = count;
  return { reached: promise, call: () => void (--left === 0 && resolve()) };
}

test("a worker repeats at once while there is work, then waits for wake()", async () => {
  const work = [3, 2, 1, 0, 5, 0];
  const first = calls(4);
  const all = calls(6);
  let runs = 0;
  const worker = workerOf(async () => {
    runs++;
    first.call();
    all.call();
    return work.shift() ?? 0;
  });
  worker.start();
  await first.reached;
  await turns(10);
  expect(runs).toBe(4);
  worker.wake();
  await all.reached;
  await turns(10);
  expect(runs).toBe(6);
  await worker.stop();
});

test("wake() during a run is not lost", async () => {
  const second = calls(2);
  const worker = workerOf(async () => {
    worker.wake();
    second.call();
    return 0;
  });
  worker.start();
  await second.reached;
  await worker.stop();
});

test("a worker continues after errors", async () => {
  let runs = 0;
  const third = calls(3);
  const worker = workerOf(
    async () => {
      third.call();
      if (++runs < 3) throw new Error("not yet");
      return 0;
    },
    { backoffMaxMs: 1 },
  );
  worker.start();
  await third.reached;
  await worker.stop();
});

test("a worker that keeps failing logs one warning a minute, and that it works again", async () => {
  const lines: string[] = [];
  const fourth = calls(4);
  let runs = 0;
  const write =
    (level: string) =>
    (...args: unknown[]) =>
      void lines.push(`${level} ${args.at(-1)}`);
  const worker = workerOf(
    async () => {
      fourth.call();
      if (++runs < 4) throw new Error("down");
    },
    { backoffMaxMs: 1, log: { ...silentLog, info: write("info"), warn: write("warn") } },
  );
  worker.start();
  await fourth.reached;
  await worker.stop();
  expect(lines).toEqual(["warn failed, will try again", "info works again"]);
});

test("wake() does not shorten the back-off after an error", async () => {
  let runs = 0;
  const worker = workerOf(
    async () => {
      runs++;
      throw new Error("down");
    },
    { backoffMaxMs: 100 },
  );
  worker.start();
  for (let turn = 0; turn < 100; turn++) {
    worker.wake();
    await turns(1);
  }
  expect(runs).toBeLessThan(100);
  await worker.stop();
});

test("stop() aborts the current run, waits for it, and nothing runs afterwards", async () => {
  let ended = 0;
  const begun = calls(1);
  const worker = workerOf(async (signal) => {
    begun.call();
    await new Promise((done) => signal.addEventListener("abort", done));
    await turns(2);
    ended++;
    return 1;
  });
  worker.start();
  worker.start();
  await begun.reached;
  await worker.stop();
  expect(ended).toBe(1);
  worker.wake();
  expect(ended).toBe(1);
});

test("backoffMs() doubles up to its limit, with jitter of at most half", () => {
  const limits = { firstMs: 100, maxMs: 1_000 };
  for (const [attempt, full] of [
    [1, 100],
    [2, 200],
    [4, 800],
    [5, 1_000],
    [5_000, 1_000],
  ] as const) {
    for (let count = 0; count < 50; count++) {
      const ms = backoffMs(attempt, limits);
      expect(ms).toBeGreaterThanOrEqual(full / 2);
      expect(ms).toBeLessThanOrEqual(full);
    }
  }
});

test("behindMs() grows while a worker fails or during one round, and is 0 while nothing is due", async () => {
  const held = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  let runs = 0;
  const worker = workerOf(async () => {
    runs++;
    if (runs === 1) throw new Error("away");
    if (runs === 2) {
      begun.resolve();
      await held.promise;
    }
  });
  expect(worker.behindMs()).toBe(0);
  worker.start();
  await begun.promise;
  const first = worker.behindMs();
  // the failed round counts: its back-off lies between
  expect(first).toBeGreaterThan(10);
  await turns(2);
  expect(worker.behindMs()).toBeGreaterThan(first);
  held.resolve();
  await turns(2);
  expect(worker.behindMs()).toBe(0);
  await worker.stop();
});
