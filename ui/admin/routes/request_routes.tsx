import { AppError } from "@payflow/shared";
import { Hono } from "hono";
import { renderFailure } from "../admin_render.tsx";
import type { AdminEnv, AdminStage } from "../admin_scene.ts";
import type { AdminOrder } from "../contract.ts";
import { isReason, readReason, readRefund, refundAmount, refundFaults } from "../order_forms.ts";
import { attempt } from "./action_routes.tsx";

/** An operator's decisions on a shopper's refund request. */
export function requestRoutes(stage: AdminStage): Hono<AdminEnv> {
  const { deps } = stage;
  const app = new Hono<AdminEnv>();

  app.post("/orders/:orderId/request/grant", async (c) => {
    const orderId = c.req.param("orderId");
    const order = await deps.findOrder(orderId);
    if (!order) return renderFailure(c, stage, "noOrder");
    const body = await c.req.parseBody();
    const form = readRefund({ ...body, extent: "part" }, order);
    const isRepeated = order.refundRequest?.status === "granting";
    // the answer is optional here, and a refund that is being granted has its amount already
    const given = { ...form, reason: form.reason || "-" };
    const known = isRepeated ? { ...given, part: undefined, isUnclear: false } : given;
    const faults = isRepeated ? undefined : refundFaults(known, order);
    const amount = isRepeated ? undefined : refundAmount(known, order);
    const sent = { ...form, ...faults, reason: form.reason, form: "grant" as const };
    return attempt(c, stage, sent, {
      isFaulty: faults !== undefined,
      done: "granted",
      async act() {
        requireShown(body, order);
        const answer = form.reason === "" ? undefined : form.reason;
        await deps.grantRefund({ orderId, amount, answer, refundAccount: form.account });
      },
    });
  });

  app.post("/orders/:orderId/request/decline", async (c) => {
    const orderId = c.req.param("orderId");
    const order = await deps.findOrder(orderId);
    const body = await c.req.parseBody();
    const reason = readReason(body);
    const isReasonFaulty = !isReason(reason);
    return attempt(
      c,
      stage,
      { form: "decline", reason, isReasonFaulty },
      {
        isFaulty: isReasonFaulty,
        done: "declined",
        async act() {
          requireShown(body, order);
          await deps.declineRefund(orderId, reason);
        },
      },
    );
  });
  return app;
}

/** Throws AppError `refund_request_not_open` if the shopper has made another request since the page was drawn. */
function requireShown({ request }: Record<string, unknown>, order: AdminOrder | undefined): void {
  if (request === undefined || request === order?.refundRequest?.requestedAt) return;
  const text = "The refund request that the page showed is over";
  throw new AppError("conflict", "refund_request_not_open", text);
}
