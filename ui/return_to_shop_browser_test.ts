import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { launchBrowser } from "./testing/browser.ts";
import { serveUi } from "./testing/serve_ui.ts";

setDefaultTimeout(600_000);

// a form's response may redirect only where the page's policy allows; only a browser enforces that
const ui = serveUi();
const mall = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("Thank you") });
const browser = await launchBrowser();
afterAll(async () => {
  await browser.close();
  await mall.stop(true);
  await ui.stop();
});

test.each([true, false])(
  "a shopper whose payment is confirmed is sent to the integrator's shop (scripts: %p)",
  async (javaScriptEnabled) => {
    const returnTo = `http://127.0.0.1:${mall.port}/thanks?cart=7&status=CONFIRMED`;
    const { orderId, amount } = ui.shop.add({ returnTo });
    const context = await browser.newContext({ javaScriptEnabled });
    await context.addCookies([{ name: "session", value: "tester", url: ui.url }]);
    const page = await context.newPage();
    const facts = { paymentKey: `tviva-${orderId}`, orderId, amount: String(amount) };
    await page.goto(`${ui.url}/success?${new URLSearchParams(facts)}`);
    if (!javaScriptEnabled) await page.locator("#confirm button").click();
    await page.getByText("Thank you").waitFor();
    expect(page.url()).toBe(returnTo);
    await context.close();
  },
  600_000,
);
