import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { createDocs } from "@payflow/ui";
import { inspectPage, launchBrowser, mountAssets } from "@payflow/ui/testing";
import { apiDocument, errorCodes } from "./api_document.ts";
import { apiRoutes } from "./api_routes.ts";

setDefaultTimeout(600_000);

let server: Bun.Server<undefined>;
let browser: Awaited<ReturnType<typeof launchBrowser>>;
const seen: { key: string | null; url: string; body: string }[] = [];

beforeAll(async () => {
  const routes = createDocs({ readApi: () => apiDocument("http://localhost") as never, errorCodes })
    .route("/", mountAssets())
    .all("/api/*", async ({ req, json }) => {
      const key = req.header("Authorization") ?? null;
      seen.push({ key, url: new URL(req.url).pathname, body: await req.text() });
      return json({ code: "seen" }, 422, { "X-Request-Id": "r-1" });
    });
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: routes.fetch });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop(true);
});

describe("createDocs()", () => {
  test("shows every call with our own files only, within its content security policy", async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    const origins = new Set<string>();
    page.on("console", (message) => {
      if (message.type() !== "log") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => origins.add(new URL(request.url()).origin));
    await page.goto(`${server.url}docs#placeOrder`);
    expect(await page.locator("section.call .address").count()).toBe(apiRoutes.length + 1);
    await page.locator("#placeOrder").getByText("Refusals").click();
    await page.locator("#placeOrder").getByText("idempotency_key_reused").waitFor();
    expect(complaints).toEqual([]);
    expect([...origins]).toEqual([server.url.origin]);
    await page.close();
  });

  test.each([
    ["a phone by day", { width: 360, height: 740 }, "light"],
    ["a desk by night", { width: 1280, height: 900 }, "dark"],
  ] as const)(
    "has no axe violation and nothing too wide or small, on %s",
    async (_, size, theme) => {
      const context = await browser.newContext({ viewport: size, colorScheme: theme });
      const page = await context.newPage();
      for (const path of ["docs", "docs/errors"]) {
        await page.goto(server.url + path);
        for (const summary of await page.locator("#refundPayment summary").all())
          await summary.click();
        // links in a list may stand closer on a wide screen, where a mouse is used
        expect(await inspectPage(page, { smallest: size.width < 500 ? 44 : 24 })).toEqual([]);
      }
      await context.close();
    },
  );

  test("tries a call with the key that the tab remembers, and shows the response", async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}docs`);
    await page.getByLabel("API key").fill("pf_secret");
    await page.reload();
    const call = page.locator("#refundPayment");
    await call.getByText("Try it").click();
    await call.getByLabel("orderId").fill("an/order");
    await call.getByLabel("Idempotency-Key").fill("return-1");
    await call.getByLabel("Body").fill('{ "reason": "late" }');
    await call.getByRole("button", { name: "Send" }).click();
    const result = call.getByLabel("Response");
    await result.waitFor();
    expect(await result.innerText()).toMatch(
      /^422 .*\nX-Request-Id: r-1\n\n\{\n  "code": "seen"\n\}$/,
    );
    expect(seen).toEqual([
      {
        key: "Bearer pf_secret",
        url: "/api/payments/an%2Forder/cancel",
        body: '{ "reason": "late" }',
      },
    ]);
    const other = await browser.newPage();
    await other.goto(`${server.url}docs`);
    expect(await other.getByLabel("API key").inputValue()).toBe("");
    await Promise.all([page.close(), other.close()]);
  });

  test("shows samples in the chosen language, also on the tab's next visit", async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}docs`);
    const [curl, client] = [
      page.getByText("curl http").first(),
      page.getByText("payflow.POST").first(),
    ];
    expect([await curl.isVisible(), await client.isVisible()]).toEqual([true, false]);
    await page.getByRole("button", { name: "TypeScript" }).click();
    await page.reload();
    expect([await curl.isVisible(), await client.isVisible()]).toEqual([false, true]);
    await page.close();
  });

  test("is complete without JavaScript", async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${server.url}docs`);
    for (const text of ["curl http", "payflow.POST"])
      expect(await page.getByText(text).first().isVisible()).toBe(true);
    expect(await page.getByText("Try it").first().isVisible()).toBe(false);
    await context.close();
  });

  test("opens the row of a code at /docs/errors#code", async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}docs/errors#amount_mismatch`);
    const row = page.locator("section:target");
    expect(await row.innerText()).toContain("amount_mismatch 422");
    await page.close();
  });
});
