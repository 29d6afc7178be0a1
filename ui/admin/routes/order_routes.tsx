import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { renderAdmin, renderFailure } from "../admin_render.tsx";
import {
  type AdminContext,
  type AdminEnv,
  adminSceneOf,
  type AdminStage,
  may,
} from "../admin_scene.ts";
import type { AdminOrder } from "../contract.ts";
import { type SentForm } from "../order_forms.ts";
import { OrderPage } from "../pages/order_page.tsx";

/** The page of one order. */
export function orderRoutes(stage: AdminStage): Hono<AdminEnv> {
  const { deps } = stage;
  const app = new Hono<AdminEnv>();

  app.get("/orders/:orderId", async (c) => {
    const order = await deps.findOrder(c.req.param("orderId"));
    return order ? showAdminOrder(c, stage, order) : renderFailure(c, stage, "noOrder");
  });
  return app;
}

export async function showAdminOrder(
  c: AdminContext,
  stage: AdminStage,
  order: AdminOrder,
  sent?: SentForm,
): Promise<Response> {
  const scene = await adminSceneOf(c, stage);
  const { actions, attention, order: words } = scene.t;
  const done: Readonly<Record<string, string>> = {
    ...actions.done,
    queried: attention.queried,
    queriedOpen: attention.queriedOpen,
    queriedChanged: attention.queriedChanged,
  };
  // whoever has the link can request a refund
  const showsLink = c.req.query("show") === "link" && may(scene, "operate");
  const status: ContentfulStatusCode = sent ? (sent.refused ? 409 : 422) : 200;
  return renderAdmin(
    c,
    scene,
    { title: words.title(order.orderNumber), current: "orders", status },
    <OrderPage
      scene={scene}
      order={order}
      sent={sent}
      done={sent ? undefined : done[c.req.query("done") ?? ""]}
      link={showsLink ? await stage.deps.orderLink(order.orderId) : undefined}
    />,
  );
}
