import { expect, test } from "bun:test";
import { spawnChild } from "./child.ts";

test("spawnChild() stops the child when its signal aborts, also one that aborted before", async () => {
  const stopping = new AbortController();
  const options = { env: process.env, stopWithinMs: 60_000, signal: stopping.signal };
  const before = spawnChild(["sleep", "600"], options);
  stopping.abort();
  const after = spawnChild(["sleep", "600"], options);
  expect(await Promise.all([before.exited, after.exited])).toEqual([143, 143]);
});
