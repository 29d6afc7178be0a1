import { expect, setDefaultTimeout, test } from "bun:test";
import { crashCases } from "./crash_cases.ts";
import { crashStack } from "./crash_stack.ts";

setDefaultTimeout(600_000);

/** Concurrent cases, each with two processes; enough for two cores. */
const atOnce = 6;
/** The time-out includes the wait for a free slot, because all tests start at once. */
const limitMs = (600_000 * Object.keys(crashCases).length) / atOnce;

const free: (() => void)[] = [];
let running = 0;

async function inTurn(run: () => Promise<void>): Promise<void> {
  if (running >= atOnce) await new Promise<void>((next) => free.push(next));
  running += 1;
  try {
    await run();
  } finally {
    running -= 1;
    free.shift()?.();
  }
}

test("every fault point has a crash case", async () => {
  const root = `${import.meta.dir}/../..`;
  const named = new Set<string>();
  for await (const path of new Bun.Glob(
    "packages/{notifications,order,payment,shared,outbox}/**/*.ts",
  ).scan(root)) {
    if (path.includes("node_modules") || path.endsWith("_test.ts")) continue;
    const text = await Bun.file(`${root}/${path}`).text();
    for (const [, name = ""] of text.matchAll(/faultPoint\(\s*["`]([^"`]+)["`]/g))
      for (const kind of ["confirm", "refund", "cancel"])
        named.add(name.replace("${call.kind}", kind));
  }
  expect(named.size).toBeGreaterThan(0);
  expect(Object.keys(crashCases).sort()).toEqual([...named].sort());
});

for (const [point, { lead, end, ...options }] of Object.entries(crashCases)) {
  test.concurrent(
    `${options.victim} killed at ${point}`,
    () =>
      inTurn(async () => {
        const stack = await crashStack({ ...options, point });
        try {
          const [order] = await Promise.all([lead(stack), stack.died().then(() => stack.revive())]);
          await end(stack, order);
        } finally {
          await stack.close();
        }
      }),
    limitMs,
  );
}
