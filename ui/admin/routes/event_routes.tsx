import { Hono } from "hono";
import { refusalOf } from "../../refusal.ts";
import { renderAdmin, renderFailure } from "../admin_render.tsx";
import { type AdminContext, type AdminEnv, adminSceneOf, type AdminStage } from "../admin_scene.ts";
import { placeOf } from "../fragments/pager.tsx";
import { EventsPage } from "../pages/events_page.tsx";
import { TopicPage } from "../pages/topic_page.tsx";
import { type WebhookFilter, WebhookPage, WebhooksPage } from "../pages/webhooks_page.tsx";

/** The outbox and topics, a topic's messages, and Toss's webhooks. */
export function eventRoutes(stage: AdminStage): Hono<AdminEnv> {
  const { deps } = stage;
  const app = new Hono<AdminEnv>();

  app.get("/events", async (c) => {
    // shows one even when the other is unavailable: operators open this page during an outage
    const [outbox, topics] = await Promise.all([
      known(c, stage, deps.readOutbox()),
      known(c, stage, deps.readTopics()),
    ]);
    const scene = await adminSceneOf(c, stage);
    return renderAdmin(
      c,
      scene,
      { title: scene.t.events.title, current: "events", refreshSeconds: 15 },
      <EventsPage scene={scene} outbox={outbox} topics={topics} />,
    );
  });

  app.get("/events/topics/:topic", async (c) => {
    const topic = c.req.param("topic");
    const key = c.req.query("key")?.trim().slice(0, 100) || undefined;
    const place = placeOf(new URL(c.req.url).searchParams);
    const found = await deps.listMessages(topic, { key, after: place.after });
    const scene = await adminSceneOf(c, stage);
    return renderAdmin(
      c,
      scene,
      { title: topic, current: "events" },
      <TopicPage scene={scene} topic={topic} key={key} place={place} found={found} />,
    );
  });

  app.get("/events/webhooks", async (c) => {
    const state = c.req.query("state");
    const filter: WebhookFilter = {
      state: state === "waiting" || state === "unknown" ? state : undefined,
      orderId: c.req.query("orderId")?.trim().slice(0, 100) || undefined,
    };
    const place = placeOf(new URL(c.req.url).searchParams);
    const found = await deps.listWebhooks(filter, place.after);
    const scene = await adminSceneOf(c, stage);
    return renderAdmin(
      c,
      scene,
      { title: scene.t.events.webhooks, current: "events" },
      <WebhooksPage scene={scene} filter={filter} place={place} found={found} />,
    );
  });

  app.get("/events/webhooks/:id", async (c) => {
    const webhook = await deps.findWebhook(c.req.param("id"));
    if (!webhook) return renderFailure(c, stage, "notFound");
    const scene = await adminSceneOf(c, stage);
    return renderAdmin(
      c,
      scene,
      { title: scene.t.events.webhookTitle, current: "events" },
      <WebhookPage scene={scene} webhook={webhook} />,
    );
  });
  return app;
}

/** Undefined when the value's source is unavailable. */
async function known<Value>(
  c: AdminContext,
  { deps }: AdminStage,
  value: Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await value;
  } catch (thrown) {
    if (refusalOf(c, deps, thrown)?.kind === "unavailable") return undefined;
    throw thrown;
  }
}
