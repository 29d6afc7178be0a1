import { expect, test } from "bun:test";
import { selfTimes } from "./cpu_profile.ts";

const node = (id: number, functionName: string, url: string, lineNumber: number) => ({
  id,
  callFrame: { functionName, url, lineNumber },
});

test("selfTimes() adds up the samples of a function, without idle time, and hides the machine's folders", () => {
  const profile = {
    nodes: [
      node(1, "(root)", "", -1),
      node(2, "save", "file:///home/a/payflow/packages/outbox/saves.ts", 41),
      node(3, "stringify", "", -1),
      node(4, "save", "file:///home/a/payflow/packages/outbox/saves.ts", 41),
      node(5, "", "/x/node_modules/.bun/hono@4/node_modules/hono/dist/hono.js", 0),
      node(6, "(idle)", "", -1),
    ],
    samples: [2, 3, 6, 4, 5, 1],
    timeDeltas: [300, 100, 9_000, 400, 200, 50],
  };
  expect(selfTimes(profile, 2)).toEqual([
    { name: "save", place: "packages/outbox/saves.ts:42", share: 0.7 },
    { name: "(anonymous)", place: "hono/dist/hono.js:1", share: 0.2 },
  ]);
  expect(selfTimes(profile, 9).at(-1)).toEqual({
    name: "stringify",
    place: "built in",
    share: 0.1,
  });
});
