import { expect, test } from "bun:test";
import type { Child } from "./child.ts";
import { SupervisedPart, type Part } from "./supervised_part.ts";

/** A fake process that ends when the test calls `dies`. */
function standIn() {
  const end = Promise.withResolvers<number>();
  const child: Child = {
    pid: 1,
    exited: end.promise,
    heardAt: () => 0,
    lastLines: () => [],
    stop: async () => end.resolve(0),
    kill: async () => end.resolve(137),
  };
  return { child, dies: end.resolve };
}

function supervise(starts: Part["start"][]) {
  const printed: string[] = [];
  const changed: (() => void)[] = [];
  let started = 0;
  const part = new SupervisedPart(
    {
      name: "kafka",
      start: (signal) => starts[started++]?.(signal) ?? Promise.reject(new Error("none")),
    },
    {
      say(text) {
        printed.push(text);
        for (const resolve of changed.splice(0)) resolve();
      },
      shortestPauseMs: 1,
    },
  );
  const untilPrinted = async (text: string) => {
    while (!printed.some((line) => line.includes(text))) {
      await new Promise<void>((resolve) => changed.push(resolve));
    }
  };
  return { part, printed, untilPrinted, startedTimes: () => started };
}

test("SupervisedPart restarts a part that died, and reports it", async () => {
  const [first, second] = [standIn(), standIn()];
  const { part, printed, untilPrinted } = supervise([
    async () => first.child,
    async () => second.child,
  ]);
  await part.start();
  first.dies(137);
  await untilPrinted("kafka is back");
  expect(printed[0]).toContain("exit code 137");
  await part.stop();
});

test("SupervisedPart retries when a restart fails", async () => {
  const [first, second] = [standIn(), standIn()];
  const { part, untilPrinted } = supervise([
    async () => first.child,
    () => Promise.reject(new Error("port in use")),
    async () => second.child,
  ]);
  await part.start();
  first.dies(1);
  await untilPrinted("port in use");
  await untilPrinted("kafka is back");
  await part.stop();
});

test("SupervisedPart.start() fails with the part's error and does not retry", async () => {
  const { part, startedTimes } = supervise([() => Promise.reject(new Error("no Java"))]);
  const start = part.start();
  expect(start).rejects.toThrow("no Java");
  await start.catch(() => undefined);
  await part.stop();
  expect(startedTimes()).toBe(1);
});

test("SupervisedPart.stop() stops a part that is still starting", async () => {
  const late = Promise.withResolvers<Child>();
  const { child } = standIn();
  const { part, startedTimes } = supervise([() => late.promise]);
  const starting = part.start();
  const stopping = part.stop();
  late.resolve(child);
  await Promise.all([starting, stopping]);
  expect(await child.exited).toBe(0);
  expect(startedTimes()).toBe(1);
});

test("SupervisedPart.stop() ends a start that is under way, also a restart, and reports no failure", async () => {
  const { child, dies } = standIn();
  const begun = Promise.withResolvers<void>();
  const endless = (signal: AbortSignal) => {
    begun.resolve();
    return new Promise<Child>((_, reject) =>
      signal.addEventListener("abort", () => reject(new Error("ended"))),
    );
  };
  const first = supervise([endless]);
  const starting = first.part.start();
  await first.part.stop();
  expect(starting).rejects.toThrow("ended");
  const again = supervise([async () => child, endless]);
  await again.part.start();
  dies(1);
  await begun.promise;
  await again.untilPrinted("starting it again");
  await again.part.stop();
  expect(again.printed).toHaveLength(1);
});
