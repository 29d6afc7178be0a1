import { Hono } from "hono";
import type { Notice } from "../order_screen.ts";
import { notFoundPage } from "../pages/error_page.tsx";
import { readRefundAccount, refundAccountFaults, refusedFields } from "../refund_account_form.ts";
import { refusalOf } from "../refusal.ts";
import { sceneOf, type Stage, type UiEnv } from "../scene.ts";
import { screenFor, showOrder } from "./order_routes.tsx";

/** Accepts the refund account for a deposit on a closed order, from the form on the order's page. */
export function refundAccountRoutes(stage: Stage): Hono<UiEnv> {
  const { deps } = stage;
  const app = new Hono<UiEnv>();

  app.post("/orders/:orderId/refund-account", async (c) => {
    const scene = sceneOf(c, stage);
    const order = await deps.findOrder(c.req.param("orderId"));
    if (!order || !c.var.viewer.owns(order)) return notFoundPage(c, scene, "order");
    const form = readRefundAccount(await c.req.parseBody());
    let faults = refundAccountFaults(form);
    let notice: Notice | undefined;
    if (faults.length === 0) {
      try {
        await deps.provideRefundAccount({ orderId: order.orderId, ...form });
        return c.redirect(`/orders/${order.orderId}`, 303);
      } catch (error) {
        const refusal = refusalOf(c, deps, error);
        // The account was given already, or the refund is running: the order's page shows that.
        if (refusal?.code === "refund_account_not_needed")
          return c.redirect(`/orders/${order.orderId}`, 303);
        faults = refusal ? refusedFields(refusal) : [];
        const later = refusal?.kind === "unavailable" || refusal?.kind === "too_many";
        if (faults.length === 0 && !later) throw error;
        notice = later ? "refundAccountLater" : undefined;
      }
    }
    const refundAccount = { form, faults };
    return showOrder(c, scene, screenFor(c, scene, order, { notice, refundAccount }));
  });
  return app;
}
