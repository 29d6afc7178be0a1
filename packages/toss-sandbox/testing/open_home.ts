import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openTestSandbox } from "../sandbox_fixture.ts";

export type Home = ReturnType<typeof openHome>;

export const desk = { viewport: { width: 1280, height: 900 }, locale: "ko-KR" };

/**
 * A sandbox on its own port for a browser, with a shop that responds 500 to the first webhook and
 * 200 to the others. `close` throws when a page had a script error or a CSP violation.
 */
export function openHome(browser: Browser) {
  const received: string[] = [];
  const complaints: string[] = [];
  const hostname = "127.0.0.1";
  const shop = Bun.serve({
    port: 0,
    hostname,
    async fetch(request) {
      if (request.method === "GET") {
        return new Response("<h1>shop</h1>", { headers: { "content-type": "text/html" } });
      }
      received.push(await request.text());
      return new Response("", { status: received.length === 1 ? 500 : 200 });
    },
  });
  const server = Bun.serve({
    port: 0,
    hostname,
    fetch: (request) => toss.sandbox.fetch(request),
  });
  const [url, shopUrl] = [server, shop].map(({ port }) => `http://localhost:${port}`) as [
    string,
    string,
  ];
  const toss = openTestSandbox({
    publicUrl: url,
    webhookUrl: `${shopUrl}/webhooks`,
    webhookRetryMinuteMs: 3_600_000,
  });

  return {
    toss,
    url,
    shopUrl,
    /** The bodies of the webhooks, oldest first. */
    received,

    async visit(path: string, options: BrowserContextOptions = desk): Promise<Page> {
      const context = await browser.newContext({ reducedMotion: "reduce", ...options });
      context.setDefaultTimeout(120_000);
      const page = await context.newPage();
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("console", (message) => {
        if (/content security policy|refused to/i.test(message.text()))
          complaints.push(message.text());
      });
      await page.goto(url + path);
      return page;
    },

    /** A virtual account payment that waits for its deposit. */
    async waiting() {
      const order = await toss.authenticated({ method: "VIRTUAL_ACCOUNT" });
      await toss.confirm(order);
      return order;
    },

    async close(): Promise<void> {
      for (const context of browser.contexts()) await context.close();
      await Promise.all([server.stop(true), shop.stop(true)]);
      await toss.sandbox.close();
      if (complaints.length > 0) throw new Error(complaints.join("\n"));
    },
  };
}
