import { Hono } from "hono";
import { refusalOf } from "../../refusal.ts";
import { renderAdmin, renderFailure } from "../admin_render.tsx";
import { type AdminContext, type AdminEnv, adminSceneOf, type AdminStage } from "../admin_scene.ts";
import type { Part } from "../contract.ts";
import { refusalText } from "../fragments/notices.tsx";
import { placeOf } from "../fragments/pager.tsx";
import { isReason, readReason } from "../order_forms.ts";
import { DeadLetterPage } from "../pages/dead_letter_page.tsx";
import { DeadLettersPage } from "../pages/dead_letters_page.tsx";

const listPath = "/admin/events/dead-letters";

/** Dead letters: list, details, replay and discard. */
export function deadLetterRoutes(stage: AdminStage): Hono<AdminEnv> {
  const { deps } = stage;
  const app = new Hono<AdminEnv>();

  app.get("/events/dead-letters", (c) => showLetters(c, stage));

  app.post("/events/dead-letters/replay-cause", async (c) => {
    const { part, error } = await c.req.parseBody();
    if (!isPart(part) || typeof error !== "string") return renderFailure(c, stage, "notFound");
    let replayed: number;
    try {
      // browsers send line ends in form fields as CRLF
      replayed = await deps.replayCause(part, error.replaceAll("\r\n", "\n"));
    } catch (thrown) {
      return showLetters(c, stage, await refusedBy(c, stage, thrown));
    }
    return c.redirect(`${listPath}?replayed=${replayed}`, 303);
  });

  app.get("/events/dead-letters/:part/:id", (c) => showLetter(c, stage));

  app.post("/events/dead-letters/:part/:id/replay", async (c) => {
    const { part, id } = c.req.param();
    if (!isPart(part)) return renderFailure(c, stage, "notFound");
    try {
      await deps.replayDeadLetter(part, id);
    } catch (thrown) {
      return showLetter(c, stage, { refused: await refusedBy(c, stage, thrown) });
    }
    return c.redirect(`${listPath}?done=replayed`, 303);
  });

  app.post("/events/dead-letters/:part/:id/discard", async (c) => {
    const { part, id } = c.req.param();
    if (!isPart(part)) return renderFailure(c, stage, "notFound");
    const reason = readReason(await c.req.parseBody());
    if (!isReason(reason)) return showLetter(c, stage, { discard: { reason, isFaulty: true } });
    try {
      await deps.discardDeadLetter(part, id, reason);
    } catch (thrown) {
      const refused = await refusedBy(c, stage, thrown);
      return showLetter(c, stage, { refused, discard: { reason, isFaulty: false } });
    }
    return c.redirect(`${listPath}?done=discarded`, 303);
  });
  return app;
}

const isPart = (part: unknown): part is Part => part === "order" || part === "payment";

/** The message for a refusal; rethrows all other errors. */
async function refusedBy(c: AdminContext, stage: AdminStage, thrown: unknown): Promise<string> {
  const refusal = refusalOf(c, stage.deps, thrown);
  if (!refusal || refusal.kind === "forbidden") throw thrown;
  return refusalText(await adminSceneOf(c, stage), refusal);
}

async function showLetters(
  c: AdminContext,
  stage: AdminStage,
  refused?: string,
): Promise<Response> {
  const query = new URL(c.req.url).searchParams;
  const state = query.get("state") === "all" ? "all" : "open";
  const q = query.get("q")?.trim().slice(0, 200) || undefined;
  const place = placeOf(query);
  const found = await stage.deps.listDeadLetters({ state, q }, place.after);
  const scene = await adminSceneOf(c, stage);
  const { events: words } = scene.t;
  const replayed = /^\d{1,6}$/.exec(query.get("replayed") ?? "")?.[0];
  const dones = { replayed: words.replayedDone, discarded: words.discardedDone };
  const key = query.get("done");
  const done = key === "replayed" || key === "discarded" ? dones[key] : undefined;
  return renderAdmin(
    c,
    scene,
    { title: words.deadLetters, current: "events", status: refused === undefined ? 200 : 409 },
    <DeadLettersPage
      scene={scene}
      state={state}
      q={q}
      place={place}
      found={found}
      done={replayed === undefined ? done : words.replayedAllDone(replayed)}
      refused={refused}
    />,
  );
}

type LetterNews = {
  readonly refused?: string;
  readonly discard?: { readonly reason: string; readonly isFaulty: boolean };
};

async function showLetter(
  c: AdminContext,
  stage: AdminStage,
  { refused, discard }: LetterNews = {},
): Promise<Response> {
  const { part = "", id = "" } = c.req.param() as { part?: string; id?: string };
  const letter = isPart(part) ? await stage.deps.findDeadLetter(part, id) : undefined;
  if (!letter) return renderFailure(c, stage, "notFound");
  const scene = await adminSceneOf(c, stage);
  return renderAdmin(
    c,
    scene,
    {
      title: scene.t.events.letterTitle,
      current: "events",
      status: refused !== undefined ? 409 : discard ? 422 : 200,
    },
    <DeadLetterPage scene={scene} letter={letter} refused={refused} discard={discard} />,
  );
}
