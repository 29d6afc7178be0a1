import type { UiDeps } from "../contract.ts";
import { localPath } from "../local_path.ts";
import type { UiContext } from "../scene.ts";

/**
 * When the address carries a token: lets this browser see the order if the token is right, and sends it on to the same
 * address without the token in either case, so that no token stays in the address bar, history or a shared link.
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
