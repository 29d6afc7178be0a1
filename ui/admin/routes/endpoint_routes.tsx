import { AppError } from "@payflow/shared";
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
import { readEndpoint, refusedEndpoint, type SentEndpoint } from "../endpoint_form.ts";
import { periods } from "../fragments/endpoint_actions.tsx";
import { refusalText } from "../fragments/notices.tsx";
import { placeOf } from "../fragments/pager.tsx";
import { DeliveryPage } from "../pages/delivery_page.tsx";
import { EndpointPage, stateOf } from "../pages/endpoint_page.tsx";
import {
  endpointPath,
  EndpointsPage,
  endpointsPath,
  SecretPage,
} from "../pages/endpoints_page.tsx";

/** Webhooks to the shop's own servers. */
export function endpointRoutes(stage: AdminStage): Hono<AdminEnv> {
  const { deps } = stage;
  const app = new Hono<AdminEnv>();

  app.get("/events/endpoints", (c) => showEndpoints(c, stage));

  app.post("/events/endpoints", async (c) => {
    if (!may(c.var, "admin")) return renderFailure(c, stage, "forbidden");
    const body = await c.req.parseBody();
    const endpointId = String(body["endpointId"]);
    const sent = readEndpoint(body);
    const { faults, refused: _, ...given } = sent;
    if (faults.length > 0) return showEndpoints(c, stage, sent);
    try {
      return await showSecret(c, stage, await deps.createEndpoint({ ...given, endpointId }));
    } catch (thrown) {
      // a reload or a second click: the first response showed the secret
      if (thrown instanceof AppError && thrown.code === "webhook_endpoint_exists")
        return c.redirect(endpointPath(endpointId), 303);
      return showEndpoints(c, stage, await refusedBy(c, stage, { sent, thrown }));
    }
  });

  app.get("/events/endpoints/:endpointId", (c) => showEndpoint(c, stage));

  app.post("/events/endpoints/:endpointId", async (c) => {
    if (!may(c.var, "admin")) return renderFailure(c, stage, "forbidden");
    const sent = readEndpoint(await c.req.parseBody());
    const { faults, refused: _, ...given } = sent;
    if (faults.length > 0) return showEndpoint(c, stage, sent);
    const { endpointId } = c.req.param();
    try {
      await deps.changeEndpoint(endpointId, given);
    } catch (thrown) {
      return showEndpoint(c, stage, await refusedBy(c, stage, { sent, thrown }));
    }
    return c.redirect(`${endpointPath(endpointId)}?done=changed`, 303);
  });

  app.post("/events/endpoints/:endpointId/:turn{on|off}", async (c) => {
    const { endpointId, turn } = c.req.param();
    await deps.changeEndpoint(endpointId, { isEnabled: turn === "on" });
    return c.redirect(`${endpointPath(endpointId)}?done=${turn}`, 303);
  });

  app.post("/events/endpoints/:endpointId/rotate", async (c) =>
    showSecret(c, stage, await deps.rotateEndpoint(c.req.param("endpointId"))),
  );

  app.post("/events/endpoints/:endpointId/remove", async (c) => {
    await deps.removeEndpoint(c.req.param("endpointId"));
    return c.redirect(`${endpointsPath}?done=removed`, 303);
  });

  app.post("/events/endpoints/:endpointId/resend", async (c) => {
    const { hours, undelivered } = await c.req.parseBody();
    const period = periods.find((known) => known === hours);
    if (period === undefined) return renderFailure(c, stage, "refused");
    const { endpointId } = c.req.param();
    const resent = await deps.resendSince(endpointId, {
      hours: Number(period),
      undeliveredOnly: undelivered !== undefined,
    });
    return c.redirect(`${endpointPath(endpointId)}?resent=${resent}`, 303);
  });

  app.get("/events/endpoints/:endpointId/:eventId", async (c) => {
    const { endpointId, eventId } = c.req.param();
    const [endpoint, delivery] = await Promise.all([
      deps.findEndpoint(endpointId),
      deps.findDelivery(endpointId, eventId),
    ]);
    const scene = await adminSceneOf(c, stage);
    const { endpoints: words } = scene.t;
    const done = c.req.query("done") === "resent" ? words.done.resent : undefined;
    return renderAdmin(
      c,
      scene,
      { title: words.delivery, current: "events" },
      <DeliveryPage scene={scene} endpoint={endpoint} delivery={delivery} done={done} />,
    );
  });

  app.post("/events/endpoints/:endpointId/:eventId/resend", async (c) => {
    const { endpointId, eventId } = c.req.param();
    await deps.resendDelivery(endpointId, eventId);
    const path = `${endpointPath(endpointId)}/${encodeURIComponent(eventId)}`;
    return c.redirect(`${path}?done=resent`, 303);
  });
  return app;
}

/** The typed form with the refusal's message; rethrows all other errors. */
async function refusedBy(
  c: AdminContext,
  stage: AdminStage,
  { sent, thrown }: { readonly sent: SentEndpoint; readonly thrown: unknown },
): Promise<SentEndpoint> {
  const refusal = refusalOf(c, stage.deps, thrown);
  if (!refusal || refusal.kind === "forbidden" || refusal.kind === "not_found") throw thrown;
  return refusedEndpoint(sent, refusal, refusalText(await adminSceneOf(c, stage), refusal));
}

/** Responds to the form directly instead of redirecting, because the secret is shown only once. */
async function showSecret(
  c: AdminContext,
  stage: AdminStage,
  { secret, url }: { readonly secret: string; readonly url: string },
): Promise<Response> {
  const scene = await adminSceneOf(c, stage);
  return renderAdmin(
    c,
    scene,
    { title: scene.t.endpoints.secretTitle, current: "events" },
    <SecretPage scene={scene} secret={secret} url={url} />,
  );
}

function statusOf(sent: SentEndpoint | undefined): 200 | 409 | 422 {
  if (sent === undefined) return 200;
  return sent.refused === undefined ? 422 : 409;
}

async function showEndpoints(
  c: AdminContext,
  stage: AdminStage,
  sent?: SentEndpoint,
): Promise<Response> {
  const endpoints = await stage.deps.listEndpoints();
  const scene = await adminSceneOf(c, stage);
  const { endpoints: words } = scene.t;
  const done = c.req.query("done") === "removed" ? words.done.removed : undefined;
  return renderAdmin(
    c,
    scene,
    { title: words.title, current: "events", status: statusOf(sent) },
    <EndpointsPage scene={scene} endpoints={endpoints} done={done} sent={sent} />,
  );
}

async function showEndpoint(
  c: AdminContext,
  stage: AdminStage,
  sent?: SentEndpoint,
): Promise<Response> {
  const { endpointId = "" } = c.req.param() as { endpointId?: string };
  const endpoint = await stage.deps.findEndpoint(endpointId);
  const query = new URL(c.req.url).searchParams;
  const state = stateOf(query.get("state") ?? undefined);
  const place = placeOf(query);
  const found = await stage.deps.listDeliveries(endpointId, state, place.after);
  const scene = await adminSceneOf(c, stage);
  const { endpoints: words } = scene.t;
  const resent = /^\d{1,7}$/.exec(query.get("resent") ?? "")?.[0];
  const key = query.get("done");
  const done = key === "changed" || key === "on" || key === "off" ? words.done[key] : undefined;
  return renderAdmin(
    c,
    scene,
    { title: words.title, current: "events", status: statusOf(sent) },
    <EndpointPage
      scene={scene}
      endpoint={endpoint}
      state={state}
      place={place}
      found={found}
      done={resent === undefined ? done : words.resentMany(resent)}
      sent={sent}
    />,
  );
}
