import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { launchBrowser } from "@payflow/ui/testing";
import { apiRoutes } from "./api_routes.ts";
import { docsRoutes } from "./docs_routes.ts";

setDefaultTimeout(600_000);

let server: Bun.Server<undefined>;
let browser: Awaited<ReturnType<typeof launchBrowser>>;

beforeAll(async () => {
  const routes = docsRoutes("http://localhost");
  server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: routes.fetch });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop(true);
});

describe("docsRoutes()", () => {
  test("shows every call by files of our own, and breaks no rule of its policy", async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    const origins = new Set<string>();
    page.on("console", (message) => {
      if (message.type() !== "log") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      const { protocol, origin } = new URL(request.url());
      if (protocol !== "data:") origins.add(origin);
    });
    await page.goto(`${server.url}docs`);
    await page.locator("#operations-orders-placeOrder").click();
    await page.getByText("idempotency_key_reused").first().waitFor();
    expect(await page.locator(".opblock").count()).toBe(apiRoutes.length + 1);
    expect(complaints).toEqual([]);
    expect([...origins]).toEqual([server.url.origin]);
    await page.close();
  });

  test("opens the row of a code at /docs/errors#code", async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}docs/errors#amount_mismatch`);
    const row = page.locator("section:target");
    expect(await row.innerText()).toContain("amount_mismatch 422");
    await page.close();
  });
});
