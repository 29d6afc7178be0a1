// The routes of the home page and its subpages, for a developer who connects a shop.
// home_actions.ts handles the forms.

import { Hono } from "hono";
import type { SandboxState } from "../sandbox_state.ts";
import { addHomeActions } from "./home_actions.ts";
import { createHomePages } from "./home_pages.tsx";

export function createHome(state: SandboxState): Hono {
  const app = new Hono();
  const pages = createHomePages(state);
  app.get("/", (c) => pages.payments(c));
  app.get("/payments/:paymentKey", (c) => pages.payment(c));
  // a reload after a rejected form requests the form's POST address by GET
  app.get("/payments/:paymentKey/:action", (c) =>
    c.redirect(`/payments/${encodeURIComponent(c.req.param("paymentKey"))}`),
  );
  app.get("/webhooks", (c) => pages.webhooks(c));
  app.get("/faults", (c) => pages.faults(c, { typed: { orderId: c.req.query("orderId") ?? "" } }));
  app.get("/settings", (c) => pages.settings(c));
  app.get("/reset", (c) => pages.reset(c));
  addHomeActions(app, { state, pages });
  return app;
}
