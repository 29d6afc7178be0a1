import type { Context } from "hono";
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { Layout, type LayoutProps } from "./pages/layout.tsx";
import type { Scene, UiContext } from "./scene.ts";
import { securityHeaders } from "./security_headers.ts";

type PageOptions = Omit<LayoutProps, "scene" | "children"> & {
  readonly status?: ContentfulStatusCode;
  readonly formLeadsTo?: string | undefined;
  /** Toss's window may open on this page: the browser preloads the SDK. */
  readonly opensWindow?: boolean;
};

/** A whole page with its headers. Caches must not store it, because it depends on the viewer and the time. */
export function renderPage(
  c: UiContext,
  scene: Scene,
  { status = 200, formLeadsTo, opensWindow = false, ...layout }: PageOptions,
  body: Child,
): Response | Promise<Response> {
  const document = (
    <Layout scene={scene} {...layout}>
      {body}
    </Layout>
  );
  const { sdkUrl } = scene.deps.toss;
  if (opensWindow) c.header("link", `<${sdkUrl}>; rel=preload; as=script`);
  return sendDocument(c, document, { status, sdkUrl, formLeadsTo });
}

type DocumentOptions = {
  readonly status?: ContentfulStatusCode;
  /** Of Toss's SDK, on pages that load it. */
  readonly sdkUrl?: string;
  /** The origin, besides this shop, to which the response to a form of this page may redirect. */
  readonly formLeadsTo?: string | undefined;
};

/** A whole document with its security and cache headers. */
export function sendDocument(
  c: Context,
  document: Child,
  { status = 200, ...policy }: DocumentOptions,
): Response | Promise<Response> {
  for (const [name, value] of Object.entries(securityHeaders(policy))) c.header(name, value);
  pageHeaders(c);
  return c.html(html`<!doctype html>${document}`, status);
}

/** A fragment of a page for htmx. */
export function renderFragment(
  c: UiContext,
  body: Child,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  pageHeaders(c);
  return c.html(<>{body}</>, status);
}

function pageHeaders(c: Context): void {
  c.header("cache-control", "private, no-cache, no-store");
  c.header("vary", "cookie, accept-language, hx-request-type");
}
