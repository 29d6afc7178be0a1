import { Hono } from "hono";
import type { AppError } from "@payflow/shared";
import type { Notice } from "../order_screen.ts";
import { notFoundPage } from "../pages/error_page.tsx";
import {
  isRefundRequestKind,
  readRefundRequest,
  refundRequestFaults,
  type RefundRequestFault,
} from "../refund_request_form.ts";
import { refusalOf } from "../refusal.ts";
import { sceneOf, type Stage, type UiEnv } from "../scene.ts";
import { screenFor, showOrder } from "./order_routes.tsx";

/** Creates and withdraws refund requests, for any viewer of the whole order, because a request moves no money. */
export function refundRequestRoutes(stage: Stage): Hono<UiEnv> {
  const { deps } = stage;
  const app = new Hono<UiEnv>();

  app.post("/orders/:orderId/refund-request", async (c) => {
    const scene = sceneOf(c, stage);
    const order = await deps.findOrder(c.req.param("orderId"));
    const { viewer } = c.var;
    if (!order || !viewer.sees(order)) return notFoundPage(c, scene, "order");
    const { orderId } = order;
    const form = readRefundRequest(await c.req.parseBody());
    const { kind, text } = form;
    const faults: RefundRequestFault[] = refundRequestFaults(form);
    if (faults.length > 0 || !isRefundRequestKind(kind))
      return showOrder(c, scene, screenFor(c, scene, order, { refundRequest: { form, faults } }));
    try {
      await deps.requestRefund({ orderId, viewer, kind, text });
      return c.redirect(`/orders/${orderId}`, 303);
    } catch (error) {
      const refusal = refusalOf(c, deps, error);
      const notice = refusal && noticeOf(refusal);
      if (!notice) throw error;
      const now = (await deps.findOrder(orderId)) ?? order;
      const refundRequest = { form, faults };
      return showOrder(c, scene, screenFor(c, scene, now, { notice, refundRequest }));
    }
  });

  app.post("/orders/:orderId/refund-request/withdraw", async (c) => {
    const scene = sceneOf(c, stage);
    const order = await deps.findOrder(c.req.param("orderId"));
    if (!order || !c.var.viewer.sees(order)) return notFoundPage(c, scene, "order");
    try {
      await deps.withdrawRefundRequest(order.orderId);
    } catch (error) {
      // the request was decided in the meantime: the order's page shows that
      const refusal = refusalOf(c, deps, error);
      if (refusal?.kind !== "conflict") throw error;
    }
    return c.redirect(`/orders/${order.orderId}`, 303);
  });
  return app;
}

function noticeOf({ code, kind }: AppError): Notice | undefined {
  if (code === "refund_request_open") return "refundRequestOpen";
  if (code === "refund_not_requestable") return "refundRequestNotAllowed";
  return kind === "unavailable" || kind === "too_many" ? "refundRequestLater" : undefined;
}
