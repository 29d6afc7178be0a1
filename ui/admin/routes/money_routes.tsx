import { exceptionKinds } from "@payflow/back-office";
import { isKoreanDay } from "@payflow/shared";
import { Hono } from "hono";
import { refusalOf } from "../../refusal.ts";
import { renderAdmin, renderFailure } from "../admin_render.tsx";
import { type AdminContext, type AdminEnv, adminSceneOf, type AdminStage } from "../admin_scene.ts";

import { csvResponse } from "../csv_response.ts";
import { refusalText } from "../fragments/notices.tsx";
import { dayText } from "../admin_time.ts";
import { monthOf } from "../months.ts";
import { isReason, readReason } from "../order_forms.ts";
import { DayPage, keyOf, type SentResolution } from "../pages/day_page.tsx";
import { MoneyPage } from "../pages/money_page.tsx";

/** Money by day, and the comparison of each day with Toss's list. */
export function moneyRoutes(stage: AdminStage): Hono<AdminEnv> {
  const { deps } = stage;
  const app = new Hono<AdminEnv>();

  app.get("/money", async (c) => {
    const scene = await adminSceneOf(c, stage);
    const month = await deps.readMonth(monthOf(c.req.query("month"), scene.now));
    const { title } = scene.t.money;
    return renderAdmin(
      c,
      scene,
      { title, current: "money" },
      <MoneyPage scene={scene} month={month} />,
    );
  });

  app.get("/money.csv", async (c) => {
    const { language, now } = await adminSceneOf(c, stage);
    const month = monthOf(c.req.query("month"), now);
    return csvResponse(c, `money-${month}.csv`, deps.exportMonth(month, language));
  });

  app.get("/money/:day", (c) => showDay(c, stage));

  app.post("/money/:day/compare", async (c) => {
    const day = c.req.param("day");
    if (!isKoreanDay(day)) return renderFailure(c, stage, "notFound");
    try {
      await deps.requestReconciliation(day);
    } catch (thrown) {
      return showRefusedDay(c, stage, thrown);
    }
    return c.redirect(`/admin/money/${day}?done=requested`, 303);
  });

  app.post("/money/:day/resolve", async (c) => {
    const day = c.req.param("day");
    if (!isKoreanDay(day)) return renderFailure(c, stage, "notFound");
    const body = await c.req.parseBody();
    const key = typeof body["exception"] === "string" ? body["exception"] : "";
    const reason = readReason(body);
    if (!isReason(reason)) {
      const { t } = await adminSceneOf(c, stage);
      const refused = t.frame.reasonMissing;
      return showDay(c, stage, { key, reason, refused, isReasonFaulty: true });
    }
    let resolved: number;
    try {
      resolved = await resolve(stage, { day, key, reason });
    } catch (thrown) {
      return showRefusedDay(c, stage, thrown, { key, reason });
    }
    return c.redirect(`/admin/money/${day}?resolved=${resolved}`, 303);
  });
  return app;
}

type Resolution = { readonly day: string; readonly key: string; readonly reason: string };

/** Resolves the open differences that a form names: one, or `all:KIND`. Returns their number. */
async function resolve({ deps }: AdminStage, { day, key, reason }: Resolution): Promise<number> {
  const ofKind = exceptionKinds.find((kind) => key === `all:${kind}`);
  if (ofKind && deps.resolveExceptions)
    return await deps.resolveExceptions({ kind: ofKind, day, reason });
  const found = await deps.findReconciliation(day);
  const open = found?.exceptions.filter(({ resolvedAt }) => resolvedAt === null) ?? [];
  const named = open.filter((row) => row.kind === ofKind || key === keyOf(row));
  for (const { kind, paymentKey, transactionKey } of named)
    await deps.resolveException({ day, kind, paymentKey, transactionKey, reason });
  return named.length;
}

async function showRefusedDay(
  c: AdminContext,
  stage: AdminStage,
  thrown: unknown,
  typed?: { readonly key: string; readonly reason: string },
): Promise<Response> {
  const refusal = refusalOf(c, stage.deps, thrown);
  if (!refusal || refusal.kind === "forbidden") throw thrown;
  const refused = refusalText(await adminSceneOf(c, stage), refusal);
  if (!typed) return showDay(c, stage, undefined, refused);
  return showDay(c, stage, { ...typed, refused, isReasonFaulty: false });
}

async function showDay(
  c: AdminContext,
  stage: AdminStage,
  sent?: SentResolution,
  refused?: string,
): Promise<Response> {
  const day = c.req.param("day") ?? "";
  if (!isKoreanDay(day)) return renderFailure(c, stage, "notFound");
  const scene = await adminSceneOf(c, stage);
  const { money: words } = scene.t;
  const resolved = /^\d{1,6}$/.exec(c.req.query("resolved") ?? "")?.[0];
  const done =
    resolved !== undefined
      ? words.resolvedDone(resolved)
      : c.req.query("done") === "requested"
        ? words.requested
        : undefined;
  return renderAdmin(
    c,
    scene,
    {
      title: words.dayTitle(dayText(day, scene)),
      current: "money",
      status: sent?.isReasonFaulty ? 422 : sent || refused ? 409 : 200,
    },
    <DayPage
      scene={scene}
      day={day}
      found={await stage.deps.findReconciliation(day)}
      done={sent || refused ? undefined : done}
      refused={refused}
      sent={sent}
    />,
  );
}
