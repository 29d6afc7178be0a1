import { Hono } from "hono";
import { renderAdmin, renderFailure } from "../admin_render.tsx";
import { type AdminEnv, adminSceneOf, type AdminStage, may } from "../admin_scene.ts";
import { orderPath } from "../fragments/badges.tsx";
import { readRefund, refundAmount, refundFaults, refundTaxFree } from "../order_forms.ts";
import { RefundPreviewPage } from "../pages/refund_preview_page.tsx";
import { refusalIn, showRefused } from "./action_routes.tsx";
import { showAdminOrder } from "./order_routes.tsx";

/** A refund in two steps: the first shows a preview, the second refunds. */
export function refundRoutes(stage: AdminStage): Hono<AdminEnv> {
  const { deps } = stage;
  const app = new Hono<AdminEnv>();

  app.post("/orders/:orderId/refund", async (c) => {
    const order = await deps.findOrder(c.req.param("orderId"));
    if (!order) return renderFailure(c, stage, "noOrder");
    if (!may(c.var, "operate")) return renderFailure(c, stage, "forbidden");
    const form = readRefund(await c.req.parseBody(), order);
    const faults = refundFaults(form, order);
    const amount = refundAmount(form, order);
    if (faults || amount === undefined)
      return showAdminOrder(c, stage, order, faults ?? { form: "refund", ...form });
    const hasTaxFree = order.actions.refundableTaxFree > 0;
    const taxFree = hasTaxFree ? refundTaxFree(form, amount, order) : undefined;
    const scene = await adminSceneOf(c, stage);
    return renderAdmin(
      c,
      scene,
      { title: scene.t.actions.preview.title, current: "orders" },
      <RefundPreviewPage
        scene={scene}
        order={order}
        form={form}
        amount={amount}
        taxFree={taxFree}
        idempotencyKey={crypto.randomUUID()}
      />,
    );
  });

  app.post("/orders/:orderId/refund/edit", async (c) => {
    const order = await deps.findOrder(c.req.param("orderId"));
    if (!order) return renderFailure(c, stage, "noOrder");
    const form = readRefund(await c.req.parseBody(), order);
    return showAdminOrder(c, stage, order, { form: "refund", ...form });
  });

  app.post("/orders/:orderId/refund/confirm", async (c) => {
    const orderId = c.req.param("orderId");
    const order = await deps.findOrder(orderId);
    if (!order) return renderFailure(c, stage, "noOrder");
    const body = await c.req.parseBody();
    const form = readRefund(body, order);
    const text = (name: string) => (typeof body[name] === "string" ? body[name] : "");
    try {
      await deps.refund({
        orderId,
        key: text("key"),
        reason: form.reason,
        // the amount in the preview, even when the balance has changed since
        amount: Number(text("sum")),
        taxFreeAmount: text("taxFreeSum") === "" ? undefined : Number(text("taxFreeSum")),
        refundAccount: form.account,
      });
    } catch (thrown) {
      return showRefused(c, stage, { form: "refund", ...form }, refusalIn(c, stage, thrown));
    }
    return c.redirect(`${orderPath(orderId)}?done=refunded`, 303);
  });
  return app;
}
