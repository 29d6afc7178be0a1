import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { verifyWebhook } from "@payflow/client";
import { eventually } from "@payflow/local-stack/testing";
import { launchBrowser } from "@payflow/ui/testing";
import type { Browser, Page } from "playwright-core";
import { createShop } from "../examples/shop/shop.ts";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

let stack: TestStack;
let browser: Browser;
let shop: Bun.Server<undefined>;
let shopUrl: string;
let open: (request: Request) => Promise<Response>;
/** Requests at the shop's /hooks, and the response statuses. */
const hooks: { readonly body: string; readonly status: number }[] = [];

beforeAll(async () => {
  shop = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (new URL(request.url).pathname !== "/hooks") return await open(request);
      const body = await request.clone().text();
      const response = await open(request);
      hooks.push({ body, status: response.status });
      return response;
    },
  });
  const url = (shopUrl = `http://localhost:${shop.port}`);
  const order = { RETURN_ORIGINS: url, WEBHOOK_ALLOW_PRIVATE: "true" };
  [stack, browser] = await Promise.all([testStack({ order }), launchBrowser()]);
  const { merchant } = shopperOf(stack);
  const made = await merchant.POST("/api/webhook-endpoints", { body: { url: `${url}/hooks` } });
  const key = await merchant.POST("/api/keys", { body: { name: "shop", role: "operate" } });
  open = createShop({
    url,
    payflowUrl: stack.url,
    apiKey: key.data?.key ?? "",
    webhookSecret: made.data?.secret ?? "",
  });
}, 600_000);
afterAll(async () => {
  await browser.close();
  await shop.stop(true);
  await stack.close();
});

const says = (page: Page, text: string) =>
  eventually(async () => {
    await page.reload();
    expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe(text);
  });

/** Accepts the terms at PayFlow's checkout, opens the sandbox's window, and pays. */
async function pay(page: Page): Promise<void> {
  await page.waitForURL((url) => url.origin === stack.url);
  const checkbox = page.getByRole("checkbox");
  if ((await checkbox.count()) > 0) await checkbox.check();
  await page.getByRole("button", { name: /12,000/ }).click();
  const window = page.frameLocator("#___tosspayments_iframe___");
  await window.getByRole("button", { name: /Authenticate|인증하고 결제하기/ }).click();
}

test("examples/shop sells and refunds a mug by PayFlow's checkout, API and webhooks", async () => {
  const context = await browser.newContext({
    viewport: { width: 360, height: 780 },
    locale: "en-US",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(120_000);
  await page.goto(`${shopUrl}/`);
  await page.getByLabel("Name").fill("Kim <Mug>");
  await page.getByLabel("E-mail").fill("kim@example.com");
  await page.getByRole("button", { name: "Buy the mug" }).click();

  await pay(page);
  await page.waitForURL((url) => url.port === String(shop.port));
  const { pathname, searchParams } = new URL(page.url());
  const reference = pathname.split("/").at(-1) ?? "";
  await says(page, "Your mug is paid");
  expect(await page.getByText("Thank you, Kim <Mug>.").isVisible()).toBe(true);

  const shopper = shopperOf(stack);
  const orderId = searchParams.get("orderId") ?? "";
  const order = await shopper.get(orderId);
  expect(order).toMatchObject({
    merchantReference: reference,
    metadata: { colour: "blue" },
    status: "CONFIRMED",
  });
  expect(await shopper.heldByToss(orderId)).toMatchObject([
    { approvals: 1, balanceAmount: 12_000 },
  ]);

  await page.goto(`${shopUrl}/staff`);
  await page.getByRole("button", { name: "Refund" }).click();
  await page.goto(shopUrl + pathname);
  await says(page, "Your mug is refunded");
  expect(await shopper.heldByToss(orderId)).toMatchObject([{ balanceAmount: 0 }]);

  expect(hooks.map(({ status }) => status)).toEqual(hooks.map(() => 204));
  const types = hooks.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  expect(types).toEqual(
    expect.arrayContaining(["OrderCreated", "OrderConfirmed", "OrderRefunded"]),
  );
  await context.close();
});

test("examples/shop rejects an unsigned webhook", async () => {
  const body = JSON.stringify({ type: "OrderConfirmed", data: {} });
  const response = await fetch(`${shopUrl}/hooks`, { method: "POST", body });
  expect(response.status).toBe(400);
});

test("README's commands connect a shop: the shopper returns, webhooks are signed, and the refund is made", async () => {
  const received: { readonly headers: Headers; readonly body: string }[] = [];
  const own = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (request.method === "POST")
        received.push({ headers: request.headers, body: await request.text() });
      return new Response("Welcome back");
    },
  });
  const clone = await cloneFolder();
  const context = await browser.newContext({ locale: "en-US" });
  try {
    const readme = await Bun.file(join(import.meta.dir, "../README.md")).text();
    const [, section = ""] = readme.split("## Put PayFlow behind your own shop");
    const blocks = [...(section.split("\n## ")[0] ?? "").matchAll(/^```sh\n(.*?)^```$/gms)];
    expect(blocks).toHaveLength(3);
    const [endpoint = "", place = "", refund = ""] = blocks.map(([, code = ""]) =>
      code
        .replaceAll("http://localhost:8080", stack.url)
        .replaceAll("http://localhost:3000", shopUrl)
        .replaceAll(`${shopUrl}/hooks`, `http://localhost:${own.port}/hooks`),
    );
    // one shell session; `read paid` waits until the order is paid
    const script = [endpoint, "echo", place, "read paid", refund, "echo"].join("\n");
    const options = { cwd: clone, stdin: "pipe", stdout: "pipe" } as const;
    const terminal = Bun.spawn(["sh", "-e", "-c", script], options);
    const lines = terminal.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(lineStream());
    const reader = lines.getReader();
    const next = async () =>
      JSON.parse((await reader.read()).value ?? "") as Record<string, string>;
    const [made, placed] = [await next(), await next()];
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(placed["checkoutUrl"] ?? "");
    await pay(page);
    await page.waitForURL((url) => url.pathname === "/sales/mug-1");
    await terminal.stdin.write("\n");
    await terminal.stdin.end();
    expect(await next()).toMatchObject({ status: "CANCELED", balanceAmount: 0 });
    expect(await terminal.exited).toBe(0);
    await eventually(() => {
      const events = received.map(({ headers, body }) =>
        verifyWebhook(headers, body, made["secret"] ?? ""),
      );
      const types = events.map(({ type }) => type);
      expect(types).toEqual(["OrderCreated", "OrderConfirmed", "OrderRefunded"]);
    });
  } finally {
    await context.close();
    await own.stop(true);
    rmSync(clone, { recursive: true });
  }
});

test("the commands of examples/README.md start the shop with its own key and secret", async () => {
  const clone = await cloneFolder();
  const text = await Bun.file(join(import.meta.dir, "../examples/README.md")).text();
  const [, block = ""] = /^```sh\n(.*?)^```$/ms.exec(text) ?? [];
  const script = block
    .replaceAll("http://localhost:8080", stack.url)
    .replace('"name": "shop"', '"name": "another shop"')
    .replace(
      /^bun (.*)$/m,
      (_, file) => `exec ${process.execPath} ${join(import.meta.dir, "..", file)}`,
    );
  const env = { ...process.env, PORT: "0", PAYFLOW_URL: stack.url };
  const running = Bun.spawn(["sh", "-e", "-c", script], { cwd: clone, env, stdout: "pipe" });
  try {
    const lines = running.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(lineStream());
    const { value = "" } = await lines.getReader().read();
    const address = /http:.*/.exec(value)?.[0] ?? "";
    const form = new URLSearchParams({ name: "Kim", email: "kim@example.com" });
    const bought = await fetch(`${address}/buy`, {
      method: "POST",
      body: form,
      redirect: "manual",
    });
    // the key works; the stack rejects only the returnUrl, whose port is not in RETURN_ORIGINS
    expect(await bought.text()).toContain("returnUrl");
  } finally {
    running.kill();
    await running.exited;
    rmSync(clone, { recursive: true });
  }
});

/** A folder like a clone's, with the local stack's generated keys. */
async function cloneFolder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "payflow-clone-"));
  const secrets = JSON.stringify({ merchantApiKey: stack.merchantKey });
  await Bun.write(join(folder, ".payflow/secrets.json"), secrets);
  return folder;
}

/** Splits streamed text into lines. */
function lineStream() {
  let rest = "";
  return new TransformStream<string, string>({
    transform(chunk, controller) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) controller.enqueue(line);
    },
  });
}
