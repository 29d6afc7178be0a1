import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createPayflowClient, type PayflowClient } from "@payflow/client";
import { Webhook } from "standardwebhooks";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

const client = join(import.meta.dir, "../packages/client");
// a folder where the package's own name resolves, and which Git ignores
const folder = join(client, "node_modules", `.readme-${crypto.randomUUID()}`);
const secret = `whsec_${btoa("a secret of the tests' own")}`;

let stack: TestStack;
let payflow: PayflowClient;

beforeAll(async () => {
  stack = await testStack();
  payflow = createPayflowClient({ baseUrl: stack.url, apiKey: stack.merchantKey });
  mkdirSync(folder, { recursive: true });
}, 600_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await stack.close();
});

/** Bundles the example of the client's README into one file. */
async function bundledExample(): Promise<string> {
  const readme = await Bun.file(join(client, "README.md")).text();
  const [, code = ""] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const entry = join(folder, "example.ts");
  await Bun.write(entry, code.replace("http://localhost:8080", stack.url));
  const { outputs } = await Bun.build({ entrypoints: [entry], target: "node" });
  const bundle = join(folder, "example.mjs");
  await Bun.write(bundle, await (outputs[0] as Blob).text());
  return bundle;
}

const runtimes = ["bun", "node", "deno"].filter((name) => name === "bun" || Bun.which(name));

describe("@payflow/client", () => {
  test.each(runtimes)("its README's example places an order on %s", async (runtime) => {
    const bundle = await bundledExample();
    expect(await Bun.file(bundle).text()).not.toMatch(/\bfrom ?"node:|require\("/);
    const programs: Record<string, string[]> = {
      bun: [process.execPath],
      node: ["node"],
      deno: ["deno", "run", "--allow-net", "--allow-env"],
    };
    const command = [...(programs[runtime] ?? []), bundle];
    const env = { ...process.env, PAYFLOW_KEY: stack.merchantKey, NODE_NO_WARNINGS: "1" };
    const run = Bun.spawn(command, { env, stdout: "pipe", stderr: "inherit" });
    const printed = await new Response(run.stdout).text();
    expect(printed).toStartWith(`Send the shopper to ${stack.url}/o`);
    expect(await run.exited).toBe(0);
    const { data } = await payflow.GET("/api/orders");
    expect(printed).toContain(data?.orders[0]?.orderId as string);
  });

  test("its README's example accepts a signed webhook, and rejects a wrong signature", async () => {
    Object.assign(process.env, { WEBHOOK_SECRET: secret, PAYFLOW_KEY: stack.merchantKey });
    await bundledExample();
    const { onWebhook } = (await import(join(folder, "example.ts"))) as {
      onWebhook: (request: Request) => Promise<Response>;
    };
    for (const name of ["WEBHOOK_SECRET", "PAYFLOW_KEY"]) delete process.env[name];
    const body = JSON.stringify({ type: "OrderConfirmed", data: { orderId: "o" } });
    const hook = (signature: string) =>
      new Request("http://shop/hooks", {
        method: "POST",
        body,
        headers: {
          "webhook-id": "e",
          "webhook-timestamp": String(Math.floor(Date.now() / 1000)),
          "webhook-signature": signature,
        },
      });
    expect((await onWebhook(hook(new Webhook(secret).sign("e", new Date(), body)))).status).toBe(
      200,
    );
    await expect(onWebhook(hook("v1,AAAA"))).rejects.toThrow("No matching signature");
  });

  test("places, pays and refunds an order although responses get lost", async () => {
    let calls = 0;
    // every second response gets lost
    const shaky = createPayflowClient({
      baseUrl: stack.url,
      apiKey: stack.merchantKey,
      async fetch(url, init) {
        const response = await fetch(url, init);
        calls += 1;
        if (calls % 2 === 1) throw new TypeError("connection reset");
        return response;
      },
    });
    const body = {
      orderName: "Mug",
      amount: 12_000,
      customerName: "김민수",
      customerEmail: `${crypto.randomUUID()}@example.com`,
    };
    const { data: order } = await shaky.POST("/api/orders", { body });
    if (!order) throw new Error("not placed");
    const query = { email: body.customerEmail };
    const { data: list } = await shaky.GET("/api/orders", { params: { query } });
    expect(list?.orders).toEqual([order]);

    const shopper = shopperOf(stack);
    const paid = await shopper.authenticate(order);
    const wrong = await shaky.POST("/api/payments/confirm", { body: { ...paid, amount: 1 } });
    expect(wrong.error?.code).toBe("amount_mismatch");
    const confirmed = await shaky.POST("/api/payments/confirm", { body: paid });
    expect(confirmed.data?.status).toBe("DONE");

    const refund = () =>
      shaky.POST("/api/payments/{orderId}/cancel", {
        params: { path: order, header: { "Idempotency-Key": `return-of-${order.orderId}` } },
        body: { reason: "A handle is broken", amount: 5_000 },
      });
    expect((await refund()).data?.balanceAmount).toBe(7_000);
    expect((await refund()).data?.balanceAmount).toBe(7_000);
    expect(await shopper.heldByToss(order.orderId)).toMatchObject([
      { balanceAmount: 7_000, approvals: 1 },
    ]);
    const { data: history } = await shaky.GET("/api/orders/{orderId}/history", {
      params: { path: order },
    });
    expect(history?.history.length).toBeGreaterThan(3);
  });
});
