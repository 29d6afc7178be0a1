import type { UiEnv } from "../scene.ts";
import type { Hono } from "hono";
import { createFakeAdmin, type FakeAdmin } from "./fake_admin.ts";
import { createFakeShop, type FakeShop, type FakeShopOptions } from "./fake_shop.ts";
import { mountUi } from "./serve_ui.ts";

export type Browse = {
  readonly shop: FakeShop;
  readonly admin: FakeAdmin;
  readonly app: Hono<UiEnv>;
  get(path: string, options?: RequestOptions): Promise<Answer>;
  post(path: string, fields: Record<string, string>, options?: RequestOptions): Promise<Answer>;
};

export type RequestOptions = {
  readonly session?: string;
  readonly language?: string;
  readonly cookie?: string;
  /** The role of the signed-in operator. */
  readonly operator?: "read" | "operate" | "admin";
  /** Sends the headers of an htmx request for a fragment. */
  readonly htmx?: boolean;
};

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
};

/** Sends requests to the pages without a browser or a port, as session `tester` by default. */
export function browse(options: FakeShopOptions = {}): Browse {
  const shop = createFakeShop(options);
  const admin = createFakeAdmin();
  const app = mountUi(shop, admin);
  const send = async (path: string, init: RequestInit, options: RequestOptions) => {
    const headers = new Headers({
      cookie: [
        `session=${options.session ?? "tester"}`,
        options.operator && `console=${options.operator}`,
        options.cookie,
      ]
        .filter(Boolean)
        .join("; "),
      "accept-language": options.language ?? "ko",
    });
    if (options.htmx) headers.set("HX-Request", "true");
    if (options.htmx) headers.set("HX-Request-Type", "partial");
    const response = await app.request(path, { ...init, headers });
    const { status } = response;
    return { status, headers: response.headers, body: await response.text() };
  };
  return {
    shop,
    admin,
    app,
    get: (path, options = {}) => send(path, {}, options),
    post: (path, fields, options = {}) =>
      send(path, { method: "POST", body: new URLSearchParams(fields) }, options),
  };
}
