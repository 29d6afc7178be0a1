import { expect, test } from "bun:test";
import { UnavailableError } from "@payflow/database";
import { createGather, type GatherOptions } from "./gather.ts";

type Item = { readonly key: string; readonly bad?: boolean };

/** A gather whose runs end when the test calls `end()`. */
function gathering(options: Partial<GatherOptions<Item, string>> = {}) {
  const runs: { keys: string[]; end: (error?: Error) => void }[] = [];
  const gather = createGather<Item, string>({
    keyOf: (item) => item.key,
    run: (items) =>
      new Promise((resolve, reject) => {
        runs.push({
          keys: items.map((item) => item.key),
          end: (error) => (error ? reject(error) : resolve(items.map(({ key }) => `${key}!`))),
        });
      }),
    ...options,
  });
  const turn = () => new Promise<void>((done) => setImmediate(done));
  return { gather, runs, turn };
}

const items = (keys: string): Item[] => [...keys].map((key) => ({ key }));
const keysOf = (runs: { keys: string[] }[]) => runs.map(({ keys }) => keys.join(""));

test("createGather() batches concurrent items, and items that arrive in the meantime form the next batch", async () => {
  const { gather, runs, turn } = gathering();
  const first = items("abc").map(gather);
  await turn();
  const second = items("de").map(gather);
  await turn();
  expect(keysOf(runs)).toEqual(["abc"]);
  runs[0]?.end();
  expect(await Promise.all(first)).toEqual(["a!", "b!", "c!"]);
  await turn();
  expect(keysOf(runs)).toEqual(["abc", "de"]);
  runs[1]?.end();
  expect(await Promise.all(second)).toEqual(["d!", "e!"]);
});

test("createGather() never puts two items of one key into one batch, and keeps their order", async () => {
  const order: string[] = [];
  const runs: string[][] = [];
  const gather = createGather<{ key: string; n: number }, void>({
    max: 3,
    keyOf: (item) => item.key,
    run: async (batch) => {
      runs.push(batch.map(({ key }) => key));
      order.push(...batch.map(({ key, n }) => `${key}${n}`));
      return batch.map(() => undefined);
    },
  });
  const all = [..."aaabacbbad"].map((key, n) => ({ key, n }));
  await Promise.all(all.map(gather));
  for (const key of "abcd") {
    expect(order.filter((name) => name.startsWith(key))).toEqual(
      all.filter((item) => item.key === key).map(({ n }) => `${key}${n}`),
    );
  }
  expect(runs.filter((keys) => new Set(keys).size < keys.length)).toEqual([]);
  expect(Math.max(...runs.map((keys) => keys.length))).toBe(3);
});

test("createGather() with max 1 runs every item alone", async () => {
  const { gather, runs, turn } = gathering({ max: 1 });
  const results = Promise.all(items("ab").map(gather));
  await turn();
  runs[0]?.end();
  await turn();
  runs[1]?.end();
  expect(await results).toEqual(["a!", "b!"]);
  expect(keysOf(runs)).toEqual(["a", "b"]);
});

test("createGather() halves a failing batch until only the bad items fail", async () => {
  const gather = createGather<Item, string>({
    keyOf: (item) => item.key,
    run: async (batch) => {
      const bad = batch.find((item) => item.bad);
      if (bad) throw new Error(bad.key);
      return batch.map(({ key }) => `${key}!`);
    },
  });
  const all = items("abcdefg").map((item) => ({ ...item, bad: "cg".includes(item.key) }));
  const results = await Promise.allSettled(all.map(gather));
  expect(
    results.map((result) => (result.status === "fulfilled" ? result.value : result.reason.message)),
  ).toEqual(["a!", "b!", "c", "d!", "e!", "f!", "g"]);
});

test("createGather() does not halve a batch after a temporary error, and runs the next batch", async () => {
  const { gather, runs, turn } = gathering();
  const failed = items("ab").map(gather);
  await turn();
  runs[0]?.end(new UnavailableError("database_unavailable"));
  const results = await Promise.allSettled(failed);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  const next = gather({ key: "c" });
  await turn();
  expect(keysOf(runs)).toEqual(["ab", "c"]);
  runs[1]?.end();
  expect(await next).toBe("c!");
});

test("createGather() rejects refusable items while the oldest item has waited too long", async () => {
  const { gather, runs, turn } = gathering({
    max: 2,
    lateMs: 0,
    isRefusable: ({ key }) => key === "c",
  });
  const first = gather({ key: "a" });
  await turn();
  const second = gather({ key: "b" });
  // late, but it fits into the next statement
  expect(gather.isLate()).toBe(false);
  const third = gather({ key: "c" });
  await turn();
  expect(gather.isLate()).toBe(true);
  await expect(gather({ key: "c" })).rejects.toMatchObject({ code: "overloaded" });
  const fourth = gather({ key: "d" });
  runs[0]?.end();
  await turn();
  expect(gather.isLate()).toBe(false);
  runs[1]?.end();
  await turn();
  runs[2]?.end();
  expect(await Promise.all([first, second, third, fourth])).toEqual(["a!", "b!", "c!", "d!"]);
});

test("createGather() rejects an item at once when the last statement shows that it would wait too long", async () => {
  let now = 0;
  const { gather, runs, turn } = gathering({
    max: 2,
    lateMs: 1_000,
    nowMs: () => now,
    isRefusable: () => true,
  });
  // nothing measured yet: a batch of two is estimated to take half a second
  const first = items("abcd").map(gather);
  expect(gather.isLate()).toBe(false);
  const second = gather({ key: "e" });
  expect(gather.isLate()).toBe(true);
  await expect(gather({ key: "f" })).rejects.toMatchObject({ code: "overloaded" });
  for (const run of [0, 1, 2]) {
    await turn();
    now += 50 * (runs[run]?.keys.length ?? 0);
    runs[run]?.end();
  }
  await turn();
  // a batch takes a tenth of a second: twenty items are written within a second
  const third = items("abcdefghijklmnopqrst").map(gather);
  expect(gather.isLate()).toBe(false);
  const fourth = gather({ key: "u" });
  expect(gather.isLate()).toBe(true);
  for (let run = 3; run < 14; run++) {
    await turn();
    runs[run]?.end();
  }
  expect(await Promise.all([...first, second, ...third, fourth])).toHaveLength(26);
});

test("createGather() ignores a single slow statement, such as a retried one", async () => {
  let now = 0;
  const { gather, runs, turn } = gathering({ max: 2, lateMs: 1_000, nowMs: () => now });
  const all = items("ab").map(gather);
  await turn();
  now += 5_000;
  runs[0]?.end();
  await turn();
  all.push(...items("cdef").map(gather));
  await turn();
  expect(gather.isLate()).toBe(false);
  now += 5_000;
  runs[1]?.end();
  await turn();
  all.push(...items("gh").map(gather));
  // a second slow statement confirms the duration
  expect(gather.isLate()).toBe(true);
  for (const run of [2, 3]) {
    runs[run]?.end();
    await turn();
  }
  expect(await Promise.all(all)).toHaveLength(8);
});

test("createGather() rejects items beyond queueMax", async () => {
  const { gather, runs, turn } = gathering({ queueMax: 2 });
  const taken = items("ab").map(gather);
  await expect(gather({ key: "c" })).rejects.toMatchObject({ code: "overloaded" });
  await turn();
  runs[0]?.end();
  expect(await Promise.all(taken)).toEqual(["a!", "b!"]);
});
