import type { AppError } from "@payflow/shared";
import { Hono } from "hono";
import {
  readRefundAccount,
  refundAccountFaults,
  refusedFields,
} from "../../refund_account_form.ts";
import { refusalOf } from "../../refusal.ts";
import { renderFailure } from "../admin_render.tsx";
import { type AdminContext, type AdminEnv, adminSceneOf, type AdminStage } from "../admin_scene.ts";
import { orderPath } from "../fragments/badges.tsx";
import { refusalText } from "../fragments/notices.tsx";
import { isReason, readReason, type SentForm } from "../order_forms.ts";
import { showAdminOrder } from "./order_routes.tsx";

/** An operator's actions on an order, except refunds. */
export function actionRoutes(stage: AdminStage): Hono<AdminEnv> {
  const { deps } = stage;
  const app = new Hono<AdminEnv>();

  app.post("/orders/:orderId/query", async (c) => {
    const orderId = c.req.param("orderId");
    const { back } = await c.req.parseBody();
    const isFromAttention = back === "attention";
    let done: string;
    try {
      const { isChanged, isOpen } = await deps.queryToss(orderId);
      done = isChanged ? "queriedChanged" : isOpen ? "queriedOpen" : "queried";
    } catch (thrown) {
      const refusal = refusalIn(c, stage, thrown);
      if (isFromAttention)
        return c.redirect(
          `/admin?${new URLSearchParams({ refused: refusal.code }).toString()}`,
          303,
        );
      return showRefused(c, stage, { form: "query" }, refusal);
    }
    return c.redirect(`${isFromAttention ? "/admin" : orderPath(orderId)}?done=${done}`, 303);
  });

  app.post("/orders/:orderId/account", async (c) => {
    const orderId = c.req.param("orderId");
    const account = readRefundAccount(await c.req.parseBody());
    const accountFaults = refundAccountFaults(account);
    const sent: SentForm = { form: "account", account, accountFaults };
    return attempt(c, stage, sent, {
      isFaulty: accountFaults.length > 0,
      done: "account",
      act: () => deps.provideRefundAccount({ orderId, ...account }),
    });
  });

  for (const [form, action, done] of [
    ["cancel", "cancelOrder", "canceled"],
    ["dismiss", "dismiss", "dismissed"],
    ["erase", "erase", "erased"],
  ] as const)
    app.post(`/orders/:orderId/${form}`, async (c) => {
      const orderId = c.req.param("orderId") ?? "";
      const reason = readReason(await c.req.parseBody());
      const isReasonFaulty = !isReason(reason);
      return attempt(
        c,
        stage,
        { form, reason, isReasonFaulty },
        {
          isFaulty: isReasonFaulty,
          done,
          act: () => deps[action](orderId, reason),
        },
      );
    });
  return app;
}

type Attempt = {
  readonly isFaulty: boolean;
  readonly done: string;
  act(): Promise<void>;
};

/** Runs the action and redirects to the order; when it is invalid or refused, shows the form again as typed. */
export async function attempt(
  c: AdminContext,
  stage: AdminStage,
  sent: SentForm,
  { isFaulty, done, act }: Attempt,
): Promise<Response> {
  const orderId = c.req.param("orderId") ?? "";
  if (isFaulty) {
    const order = await stage.deps.findOrder(orderId);
    return order ? showAdminOrder(c, stage, order, sent) : renderFailure(c, stage, "noOrder");
  }
  try {
    await act();
  } catch (thrown) {
    return showRefused(c, stage, sent, refusalIn(c, stage, thrown));
  }
  return c.redirect(`${orderPath(orderId)}?done=${done}`, 303);
}

/** The refusal that the order's page can show; rethrows all other errors. */
export function refusalIn(c: AdminContext, { deps }: AdminStage, thrown: unknown): AppError {
  const refusal = refusalOf(c, deps, thrown);
  if (!refusal || refusal.kind === "forbidden" || refusal.code === "order_not_found") throw thrown;
  return refusal;
}

export async function showRefused(
  c: AdminContext,
  stage: AdminStage,
  sent: SentForm,
  refusal: AppError,
): Promise<Response> {
  const order = await stage.deps.findOrder(c.req.param("orderId") ?? "");
  if (!order) return renderFailure(c, stage, "noOrder");
  const refused = refusalText(await adminSceneOf(c, stage), refusal);
  return showAdminOrder(c, stage, order, {
    ...sent,
    refused,
    accountFaults: refusedFields(refusal),
  });
}
