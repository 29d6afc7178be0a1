import type { UiDeps } from "../contract.ts";
import { localPath } from "../local_path.ts";
import type { UiContext } from "../scene.ts";

/**
 * Handles a `token` in the query. When it is valid, this browser gets access to the order. In any case it redirects to
 * the address without the token, so that the token does not stay in the address bar, the history or a shared link.
 */
export function takeToken(c: UiContext, deps: UiDeps, orderId: string): Response | undefined {
  const url = new URL(c.req.url);
  const token = url.searchParams.get("token");
  if (token === null) return undefined;
  deps.letIn({ viewer: c.var.viewer, orderId, token });
  url.searchParams.delete("token");
  c.header("referrer-policy", "no-referrer");
  c.header("cache-control", "no-store");
  return c.redirect(localPath(url.pathname + url.search), 303);
}
