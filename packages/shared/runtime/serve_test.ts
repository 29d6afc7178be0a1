import { afterAll, expect, test } from "bun:test";
import { Hono } from "hono";
import * as v from "valibot";
import { readJson } from "./json_body.ts";
import { silentLog } from "./log.ts";
import { problemHandler } from "./problem.ts";
import { listen } from "./serve.ts";

const app = new Hono()
  .post("/", async (c) => c.json(await readJson(c, v.unknown())))
  .onError(problemHandler(silentLog));
const server = listen(app, { port: 0, hostname: "127.0.0.1" });
afterAll(() => server.stop(true));

function chunked(text: string): ReadableStream {
  const chunk = new TextEncoder().encode(text.slice(0, 65_536));
  let left = text.length;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) controller.close();
    },
  });
}

test("a body far too large gets a problem document, whether its length is told or not", async () => {
  const large = "x".repeat(8 * 1024 * 1024);
  for (const body of [large, chunked(large)]) {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(server.url, { method: "POST", headers, body });
    expect(response.status).toBe(413);
    expect(response.headers.get("Content-Type")).toBe(
      "application/problem+json",
    );
    expect(await response.json()).toMatchObject({ code: "body_too_large" });
  }
});
