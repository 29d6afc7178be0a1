import { html } from "hono/html";
import type { Child } from "hono/jsx";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { Layout, type LayoutProps } from "./pages/layout.tsx";
import type { Scene, UiContext } from "./scene.ts";
import { securityHeaders } from "./security_headers.ts";

type PageOptions = Omit<LayoutProps, "scene" | "children"> & {
  readonly status?: ContentfulStatusCode;
};

/** A whole page with its headers. Never stored by caches: what it shows depends on who looks and when. */
export function renderPage(
  c: UiContext,
  scene: Scene,
  { status = 200, ...layout }: PageOptions,
  body: Child,
): Response | Promise<Response> {
  for (const [name, value] of Object.entries(securityHeaders(scene.deps.toss.sdkUrl))) {
    c.header(name, value);
  }
  pageHeaders(c);
  return c.html(
    html`<!doctype html>${(
        <Layout scene={scene} {...layout}>
          {body}
        </Layout>
      )}`,
    status,
  );
}

/** A piece of a page for htmx. */
export function renderFragment(
  c: UiContext,
  body: Child,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  pageHeaders(c);
  return c.html(<>{body}</>, status);
}

function pageHeaders(c: UiContext): void {
  c.header("cache-control", "private, no-cache, no-store");
  c.header("vary", "cookie, accept-language, hx-request-type");
}
