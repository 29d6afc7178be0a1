import { Hono } from "hono";
import { refusalOf } from "../../refusal.ts";
import { renderAdmin, renderFailure } from "../admin_render.tsx";
import {
  type AdminContext,
  type AdminEnv,
  adminSceneOf,
  type AdminStage,
  may,
} from "../admin_scene.ts";
import { refusalText } from "../fragments/notices.tsx";
import { placeOf } from "../fragments/pager.tsx";
import { readKey, refusedKey, type SentKey } from "../key_form.ts";
import { KeysPage, NewKeyPage } from "../pages/keys_page.tsx";
import { AuditPage, SessionsPage } from "../pages/sessions_page.tsx";

/** Keys, sessions and the audit log. */
export function keyRoutes(stage: AdminStage): Hono<AdminEnv> {
  const { deps } = stage;
  const app = new Hono<AdminEnv>();

  app.get("/keys", (c) => showKeys(c, stage));

  app.post("/keys", async (c) => {
    if (!may(c.var, "admin")) return renderFailure(c, stage, "forbidden");
    const sent = readKey(await c.req.parseBody());
    const { name, role, expiresOn, faults } = sent;
    if (faults.length > 0 || role === undefined) return showKeys(c, stage, { sent });
    const scene = await adminSceneOf(c, stage);
    try {
      const { key, made } = await deps.createKey({
        name,
        role,
        expiresOn: expiresOn === "" ? undefined : expiresOn,
      });
      // no redirect, because the key is shown only once
      const { madeTitle: title } = scene.t.keys;
      return renderAdmin(
        c,
        scene,
        { title, current: "keys" },
        <NewKeyPage scene={scene} apiKey={key} name={made.name} />,
      );
    } catch (thrown) {
      const refusal = refusalOf(c, deps, thrown);
      if (!refusal || refusal.kind === "forbidden") throw thrown;
      return showKeys(c, stage, { sent: refusedKey(sent, refusal, refusalText(scene, refusal)) });
    }
  });

  app.post("/keys/:keyId/revoke", async (c) => {
    try {
      await deps.revokeKey(c.req.param("keyId"));
    } catch (thrown) {
      const refusal = refusalOf(c, deps, thrown);
      if (!refusal || refusal.kind === "forbidden") throw thrown;
      const refused = refusalText(await adminSceneOf(c, stage), refusal);
      return showKeys(c, stage, { refused });
    }
    return c.redirect("/admin/keys?done=revoked", 303);
  });

  app.get("/keys/sessions", async (c) => {
    const place = placeOf(new URL(c.req.url).searchParams);
    const found = await deps.listSessions(place.after);
    const scene = await adminSceneOf(c, stage);
    const { keys: words } = scene.t;
    const done = c.req.query("done") === "ended" ? words.endedDone : undefined;
    return renderAdmin(
      c,
      scene,
      { title: words.sessions, current: "keys" },
      <SessionsPage scene={scene} place={place} found={found} done={done} />,
    );
  });

  app.post("/keys/sessions/:sessionId/end", async (c) => {
    await deps.endSession(c.req.param("sessionId"));
    return c.redirect("/admin/keys/sessions?done=ended", 303);
  });

  app.get("/keys/audit", async (c) => {
    const place = placeOf(new URL(c.req.url).searchParams);
    const found = await deps.listAudit(place.after);
    const scene = await adminSceneOf(c, stage);
    return renderAdmin(
      c,
      scene,
      { title: scene.t.keys.audit, current: "keys" },
      <AuditPage scene={scene} place={place} found={found} />,
    );
  });
  return app;
}

type KeyNews = { readonly sent?: SentKey; readonly refused?: string };

async function showKeys(
  c: AdminContext,
  stage: AdminStage,
  { sent, refused }: KeyNews = {},
): Promise<Response> {
  const place = placeOf(new URL(c.req.url).searchParams);
  const found = await stage.deps.listKeys(place.after);
  const scene = await adminSceneOf(c, stage);
  const { keys: words } = scene.t;
  const isRefused = refused !== undefined || sent?.refused !== undefined;
  return renderAdmin(
    c,
    scene,
    { title: words.keys, current: "keys", status: isRefused ? 409 : sent ? 422 : 200 },
    <KeysPage
      scene={scene}
      place={place}
      found={found}
      done={c.req.query("done") === "revoked" ? words.revokedDone : undefined}
      refused={refused}
      sent={sent}
    />,
  );
}
