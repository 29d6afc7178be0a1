import { sql } from "kysely";
import { migrate, openDatabase } from "@payflow/database";
import { readMigrations } from "@payflow/outbox";
import type { OrderEventType } from "@payflow/shared";
import { testDatabase } from "@payflow/local-stack/testing";
import { createDelivery, type Send } from "../deliver.ts";
import { notificationMigrations } from "../mod.ts";
import { postgresDeliveries } from "../postgres_deliveries.ts";
import { postgresEndpoints } from "../postgres_endpoints.ts";
import { postgresQueue, type EndedTry } from "../postgres_queue.ts";
import { webhookSender } from "../webhook_sender.ts";

export type Received = {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly atMs: number;
};

export type WebhookBed = Awaited<ReturnType<typeof openWebhookBed>>;

/** Events and webhooks on a test database, with a clock that tests move; without workers and Kafka. */
export async function openWebhookBed() {
  const database = await testDatabase(
    async (url) => migrate(url, await readMigrations(notificationMigrations)),
    "notifications",
  );
  const { kysely: db, close } = openDatabase({
    url: database.url,
    applicationName: "hooks",
  });
  let stoppedAtMs: number | undefined;
  // one ahead: the database's clock has microseconds, and what it wrote as due in this millisecond is due
  const nowMs = () => stoppedAtMs ?? Date.now() + 1;
  const now = () => new Date(nowMs()).toISOString();
  const newId = () => Bun.randomUUIDv7();
  const endpoints = postgresEndpoints(db, { newId, allowsPrivate: true });
  const deliveries = postgresDeliveries(db);
  const servers: Bun.Server<undefined>[] = [];

  return {
    db,
    url: database.url,
    now,
    endpoints,
    deliveries,
    /**
     * Deletes all endpoints and events, and stops the clock of all but the database one hour ahead of the database's, so
     * that everything the database writes as due is due.
     */
    async begin(): Promise<void> {
      stoppedAtMs = Date.now() + 3_600_000;
      await sql`delete from webhook_endpoints`.execute(db);
      await sql`truncate deliveries, webhook_tries, events`.execute(db);
    },
    listDeliveries: async (endpointId: string) =>
      (await deliveries.list(endpointId, { limit: 1_000 })).rows,
    async findDelivery(endpointId: string, eventId = "") {
      const found = await deliveries.find(endpointId, eventId);
      if (found === undefined) throw new Error(`no delivery of ${eventId}`);
      return { ...found.delivery, log: found.log };
    },
    /** Moves the stopped clock. */
    pass(ms: number): void {
      stoppedAtMs = nowMs() + ms;
    },
    runClock(): void {
      stoppedAtMs = undefined;
    },
    /** A webhook receiver; `answer` may be changed while it runs. */
    receiver(answer: (received: Received, request: Request) => Response | Promise<Response>) {
      const received: Received[] = [];
      const state = { answer };
      const server = Bun.serve({
        port: 0,
        hostname: "127.0.0.1",
        idleTimeout: 0,
        async fetch(request) {
          const body = await request.text();
          const one = {
            headers: Object.fromEntries(request.headers),
            body,
            atMs: nowMs(),
          };
          received.push(one);
          return await state.answer(one, request);
        },
      });
      servers.push(server);
      return Object.assign(state, {
        received,
        server,
        url: `http://127.0.0.1:${server.port}/hooks`,
      });
    },
    endpoint: async (url: string, eventTypes: readonly OrderEventType[] | null = null) =>
      endpoints.create({ url, description: "", eventTypes: eventTypes && [...eventTypes] }),
    /** Saves the first `events` events of an order: placed, paid, refunded. Returns its id and its events' ids. */
    async order(events: 1 | 2 | 3 = 1) {
      const orderId = newId();
      const types = ["OrderCreated", "OrderConfirmed", "OrderRefunded"] as const;
      const eventIds: string[] = [];
      for (const [index, eventType] of types.slice(0, events).entries()) {
        const eventId = newId();
        const event = { eventId, eventType, occurredOn: now(), orderId, amount: 39_000 };
        const payload = JSON.stringify({ ...event, currency: "KRW" });
        await sql`
          insert into events (aggregate_id, version, event_id, slot, topic, payload, created_at)
          values (${orderId}, ${index + 1}, ${eventId}, 0, ${eventType}, ${payload}, ${new Date().toISOString()}::text::timestamptz)`.execute(
          db,
        );
        eventIds.push(eventId);
      }
      return { orderId, eventIds };
    },
    /** A delivering process; `ended` has the results of its calls. */
    delivery(options: { send?: Send; limitMs?: number; faultPoint?: (name: string) => void } = {}) {
      const ended: EndedTry[] = [];
      const disabled: string[] = [];
      const { limitMs = 60_000, faultPoint = () => {} } = options;
      const delivery = createDelivery({
        queue: postgresQueue(db),
        sendMail: undefined,
        sendWebhook: options.send ?? webhookSender({ allowsPrivate: true, limitMs }),
        now,
        newId,
        random: () => 0,
        faultPoint,
        onEnded(one) {
          ended.push(one);
          if (one.decision.disable !== null) disabled.push(one.decision.disable);
        },
        onFault: () => {},
      });
      return Object.assign(delivery, {
        ended,
        disabled,
        /** Runs until nothing is due and no call is running. */
        async untilIdle() {
          do await delivery.settled();
          while ((await delivery.runOnce()) > 0);
          await delivery.settled();
        },
      });
    },
    async close() {
      await Promise.all(servers.map((server) => server.stop(true)));
      await close();
      await database.drop();
    },
  };
}
