import { afterAll, describe, expect, test } from "bun:test";
import { Hono } from "hono";
import * as v from "valibot";
import { eventually } from "@payflow/local-stack/testing";
import { readJson } from "./json_body.ts";
import { silentLog } from "./log.ts";
import { errorReporter, problemHandler } from "./problem.ts";
import { listen } from "./serve.ts";

const app = new Hono()
  .post("/", async (c) => c.json(await readJson(c, v.unknown())))
  .onError(problemHandler(errorReporter(silentLog)));
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

test("a far too large body gets a problem document, with and without a declared length", async () => {
  const large = "x".repeat(8 * 1024 * 1024);
  for (const body of [large, chunked(large)]) {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(server.url, { method: "POST", headers, body });
    expect(response.status).toBe(413);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ code: "body_too_large" });
  }
});

describe("serve()", () => {
  /** Far longer than any test: only a signal ends it. */
  async function started(drainMs = 600_000) {
    const child = Bun.spawn(
      [process.execPath, `${import.meta.dir}/testing/serve_fixture.ts`, `${drainMs}`],
      { stdin: "pipe", stdout: "pipe", stderr: "inherit" },
    );
    let output = "";
    const read = (async () => {
      for await (const chunk of child.stdout) output += new TextDecoder().decode(chunk);
    })();
    const says = (text: string) => eventually(() => expect(output).toContain(text));
    await says("is ready");
    const url = `http://127.0.0.1:${/"port":(\d+)/.exec(output)?.[1]}`;
    return { child, url, says, output: () => read.then(() => output) };
  }
  const statusOf = async (url: string) => (await fetch(url)).status;

  test("is not ready after SIGTERM, but serves requests until drainMs is over", async () => {
    const { child, url, says, output } = await started();
    expect(await statusOf(`${url}/readyz`)).toBe(200);
    child.kill("SIGTERM");
    await eventually(async () => expect(await statusOf(`${url}/readyz`)).toBe(503));
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ status: "stopping" });
    for (let request = 0; request < 20; request++) {
      const answer = await fetch(url);
      expect(await answer.text()).toBe("here");
      // a proxy that kept the connection could send its next request while it closes
      expect(answer.headers.get("Connection")).toBe("close");
    }
    expect(await statusOf(`${url}/healthz`)).toBe(200);
    const slow = fetch(`${url}/slow`);
    await says("slow");
    child.kill("SIGTERM");
    await child.stdin.write("go\n");
    expect(await (await slow).text()).toBe("done");
    expect(await child.exited).toBe(0);
    expect(await output()).toContain("stopped");
  });

  test("ends after drainMs, and at once on Ctrl-C", async () => {
    const own = await started(10);
    own.child.kill("SIGTERM");
    expect(await own.child.exited).toBe(0);
    const { child } = await started();
    child.kill("SIGINT");
    expect(await child.exited).toBe(0);
  });
});
