import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { openTestSandbox } from "../sandbox_fixture.ts";

export type Home = ReturnType<typeof openHome>;

export const desk = { viewport: { width: 1280, height: 900 }, locale: "ko-KR" };

/**
 * A sandbox on its own port for a browser, with a shop that responds 500 to the first webhook and
 * 200 to the others. `close` throws when a page had a script error or a CSP violation.
 * @param kept pages by locale that later homes reuse, because a page in a new process costs more CPU
 */
export function openHome(browser: Browser, kept?: Map<string | undefined, Page>) {
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
      const page = kept?.get(options.locale) ?? (await newPage(browser, options));
      kept?.set(options.locale, page);
      await page.setViewportSize(options.viewport ?? desk.viewport);
      await page.emulateMedia({ colorScheme: options.colorScheme ?? "light" });
      await page.context().clearCookies();
      for (const event of ["pageerror", "console"]) page.removeAllListeners(event);
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
      if (!kept) for (const context of browser.contexts()) await context.close();
      // A page that reloads itself must not do so during the next home's visit.
      for (const page of kept?.values() ?? []) await page.goto(shopUrl);
      await Promise.all([server.stop(true), shop.stop(true)]);
      await toss.sandbox.close();
      if (complaints.length > 0) throw new Error(complaints.join("\n"));
    },
  };
}

async function newPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(120_000);
  return await context.newPage();
}
