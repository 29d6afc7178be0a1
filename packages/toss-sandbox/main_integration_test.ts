// Runs the sandbox as a separate process, for tests that need a real socket and a real SIGKILL.

import { expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "./sandbox_fixture.ts";

setDefaultTimeout(600_000);

const folder = mkdtempSync(join(tmpdir(), "toss-sandbox-"));
const authorization = `Basic ${btoa("test_sk_sandbox:")}`;

async function start() {
  const process = Bun.spawn(["bun", `${import.meta.dir}/main.ts`], {
    env: {
      ...Bun.env,
      TOSS_SANDBOX_PORT: "0",
      TOSS_SANDBOX_DATABASE: join(folder, "deep", "sandbox.sqlite"),
      TOSS_SANDBOX_WEBHOOK_URL: "http://127.0.0.1:9/",
    },
    stdout: "pipe",
    stderr: "inherit",
  });
  let text = "";
  for await (const chunk of process.stdout) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) break;
  }
  const port = /localhost:(\d+)/.exec(text)?.[1];
  const url = `http://127.0.0.1:${port}`;
  const call = async (path: string, body?: object) => {
    const method = body === undefined ? "GET" : "POST";
    const response = await fetch(url + path, {
      method,
      headers: { authorization },
      signal: AbortSignal.timeout(600_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Json;
  };
  return {
    process,
    call,
    [Symbol.asyncDispose]: async () => {
      process.kill("SIGKILL");
      await process.exited;
    },
  };
}

test("state survives SIGKILL, lose_response resets the connection, SIGTERM exits with 0", async () => {
  try {
    await using first = await start();
    const amount = { currency: "KRW", value: 1_000 };
    const { paymentKey } = await first.call("/_sandbox/sessions", {
      clientKey: "test_ck_sandbox",
      method: "CARD",
      amount,
      orderId: "order-0001",
      orderName: "책상",
    });
    await first.call(`/_sandbox/sessions/${paymentKey}/authenticate`, {});
    await first.call("/_sandbox/clock", { advanceMs: 1_000 });
    await first.call("/_sandbox/faults", [
      { operation: "confirm", fault: "lose_response", times: 1 },
      { operation: "find", fault: "not_found", times: 1 },
    ]);
    const order = { paymentKey, orderId: "order-0001", amount: 1_000 };
    const lost = await first
      .call("/v1/payments/confirm", order)
      .catch((error: { code?: string }) => error.code);
    expect(lost).toBe("ECONNRESET");
    first.process.kill("SIGKILL");
    await first.process.exited;

    await using second = await start();
    expect((await second.call("/_sandbox/clock"))["advancedMs"]).toBe(1_000);
    const path = `/v1/payments/${paymentKey}`;
    expect((await second.call(path))["code"]).toBe("NOT_FOUND_PAYMENT");
    expect((await second.call(path))["status"]).toBe("DONE");
    expect((await second.call("/_sandbox/faults"))["faults"]).toEqual([]);
    second.process.kill("SIGTERM");
    expect(await second.process.exited).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("prints one sentence and no stack trace when the port is in use", async () => {
  const taken = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const process = Bun.spawn(["bun", `${import.meta.dir}/main.ts`], {
    env: { ...Bun.env, TOSS_SANDBOX_PORT: String(taken.port), TOSS_SANDBOX_DATABASE: ":memory:" },
    stderr: "pipe",
  });
  expect(await process.exited).toBe(1);
  expect(await new Response(process.stderr).text()).toBe(
    `Port ${taken.port} is in use: stop the process that listens on it, or set TOSS_SANDBOX_PORT to another port.\n`,
  );
  await taken.stop(true);
});
