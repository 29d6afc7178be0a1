import { Hono } from "hono";
import { contextStorage } from "hono/context-storage";
import { getCookie, setCookie } from "hono/cookie";
import { createAdmin } from "../admin/create_admin.tsx";
import { createUi } from "../create_ui.tsx";
import type { UiEnv } from "../scene.ts";
import { createFakeAdmin, type FakeAdmin, sessionCookie } from "./fake_admin.ts";
import { createFakeShop, type FakeShop, type FakeShopOptions } from "./fake_shop.ts";
import { fakeTossSdk } from "./fake_toss_sdk.ts";

export type ServedUi = {
  readonly url: string;
  readonly shop: FakeShop;
  readonly admin: FakeAdmin;
  /** While true, the SDK's URL never responds. */
  sdkHangs: boolean;
  /** While true, the SDK's URL responds 503, as in an outage. */
  sdkFails: boolean;
  /** While true, event streams get 503. */
  eventsFail: boolean;
  /** All requests as `GET /path`, oldest first. */
  readonly requests: readonly string[];
  /** Replaces the shop and the console by new ones, so that a browser keeps the assets in its cache. */
  renew(): void;
  stop(): Promise<void>;
};

/** An empty page of the same origin. From `about:blank` a browser would start a new process for the next page. */
export const blankPath = "/blank";

/** The pages on a free port, and a stand-in for Toss's SDK on another origin, as in production. */
export function serveUi(options: FakeShopOptions = {}): ServedUi {
  const toss = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch() {
      if (served.sdkHangs) return new Promise<Response>(() => {});
      if (served.sdkFails) return new Response("", { status: 503 });
      return new Response(fakeTossSdk, {
        headers: { "content-type": "text/javascript", "cache-control": "no-store" },
      });
    },
  });
  const pages = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === blankPath) return new Response("");
      served.requests.push(`${request.method} ${pathname}`);
      if (served.eventsFail && pathname.endsWith("/events"))
        return new Response("", { status: 503 });
      return served.app.fetch(request);
    },
  });
  const url = `http://127.0.0.1:${pages.port}`;
  const sdkUrl = `http://127.0.0.1:${toss.port}/v2/standard`;
  const open = () => {
    const shop = createFakeShop({ publicUrl: url, sdkUrl, ...options });
    const admin = createFakeAdmin(url);
    const app = mountUi(shop, admin);
    const requests: string[] = [];
    return { shop, admin, app, requests, sdkHangs: false, sdkFails: false, eventsFail: false };
  };
  const served: ServedUi & { readonly app: Hono<UiEnv>; readonly requests: string[] } = {
    url,
    ...open(),
    renew: () => void Object.assign(served, open()),
    async stop() {
      await Promise.all([pages.stop(true), toss.stop(true)]);
    },
  };
  return served;
}

/** Mounts the pages; the cookies `session` and `console` select the viewer and the operator. */
export function mountUi(shop: FakeShop, admin: FakeAdmin = createFakeAdmin()): Hono<UiEnv> {
  const grants = new Map<string, Set<string>>();
  const app = new Hono<UiEnv>();
  app.use(async (c, next) => {
    const sessionId = getCookie(c, "session") ?? crypto.randomUUID();
    setCookie(c, "session", sessionId, { path: "/", httpOnly: true, sameSite: "Lax" });
    const granted = grants.get(sessionId) ?? new Set();
    grants.set(sessionId, granted);
    c.set("viewer", shop.viewer(sessionId, granted));
    c.set("requestId", crypto.randomUUID());
    await next();
  });
  const console = createAdmin(admin.deps, async (c, next) => {
    c.set("operator", admin.operatorOf(getCookie(c, sessionCookie)));
    await next();
  });
  app.use("/admin/*", contextStorage()).route("/admin", console as never);
  app.route("/", createUi(shop.deps));
  return app;
}
