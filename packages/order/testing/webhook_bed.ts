import { migrate, openDatabase } from "@payflow/outbox";
import { testDatabase } from "@payflow/local-stack/testing";
import { createWebhookDelivery, type SendWebhook } from "../application/deliver_webhooks.ts";
import type { TryDecision, TryResult } from "../domain/webhook_delivery.ts";
import { Order } from "../domain/order.ts";
import { quoteItems } from "../domain/product.ts";
import { orderMigrations } from "../infrastructure/migrations.ts";
import { postgresOrders } from "../infrastructure/postgres_orders.ts";
import { postgresWebhookEndpoints } from "../infrastructure/postgres_webhook_endpoints.ts";
import { postgresWebhookQueue } from "../infrastructure/postgres_webhook_queue.ts";
import { webhookSender } from "../infrastructure/webhook_sender.ts";
import { after, products, snapshots } from "./given.ts";

export type Received = {
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly atMs: number;
};

export type WebhookBed = Awaited<ReturnType<typeof openWebhookBed>>;

/** Orders and webhooks over a database, with a clock that tests move: no loops, no Kafka. */
export async function openWebhookBed() {
  const database = await testDatabase(
    async (url) => migrate(url, await orderMigrations()),
    "order",
  );
  const { kysely: db, close } = openDatabase<never>({
    url: database.url,
    applicationName: "hooks",
  });
  let stoppedAtMs: number | undefined;
  const nowMs = () => stoppedAtMs ?? Date.now();
  const now = () => new Date(nowMs()).toISOString();
  const newId = () => Bun.randomUUIDv7();
  const orders = postgresOrders(db, { newId, now, onSaved: () => {}, onChanged: () => {} });
  const webhooks = postgresWebhookEndpoints(db, { newId });
  const servers: Bun.Server<undefined>[] = [];

  return {
    db,
    now,
    orders,
    webhooks,
    /** Stops the clock of everything but the database, an hour ahead of it, so that all it writes as due is. */
    stopClock(): void {
      stoppedAtMs = Date.now() + 3_600_000;
    },
    /** Moves the stopped clock. */
    pass(ms: number): void {
      stoppedAtMs = nowMs() + ms;
    },
    runClock(): void {
      stoppedAtMs = undefined;
    },
    /** A server of the shop's; `answer` may be changed while it runs. */
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
    async endpoint(
      url: string,
      eventTypes: Parameters<typeof webhooks.create>[0]["eventTypes"] = null,
    ) {
      const created = await webhooks.create({ url, description: "", eventTypes });
      if (created === "full") throw new Error("full");
      return { endpointId: created.made.endpointId, secret: created.secret };
    },
    /** Saves an order with as many events: placed, paid, refunded. Returns its id and its events' ids. */
    async order(events: 1 | 2 | 3 = 1) {
      const quote = quoteItems([{ productId: "keycaps", quantity: 1 }], products);
      const who = { customerName: "이페이", customerEmail: "lee@example.com", sessionId: newId() };
      const moment = { now: now(), newId };
      let change = Order.place(
        { quote, ...who },
        { ...moment, orderId: newId(), tailLength: 8, ttlMs: 2_700_000 },
      );
      const eventIds: string[] = [];
      for (const step of ["placed", "done", "refunded"].slice(0, events)) {
        const { orderId, amount } = change.state;
        if (step !== "placed") {
          const payment = snapshots[step as "done" | "refunded"];
          const sums = step === "done" ? { balanceAmount: amount } : { refundedAmount: amount };
          change = after(change.state, { ...payment, orderId, amount, ...sums });
          // domain tests' ids are counted, and repeat in another process
          change = {
            ...change,
            events: change.events.map((event) => ({ ...event, eventId: newId() })),
          };
        }
        if ((await orders.save(change, { cause: "test" })) !== "saved")
          throw new Error("not saved");
        eventIds.push(...change.events.map(({ eventId }) => eventId));
      }
      return { orderId: change.state.orderId, eventIds };
    },
    /** A process that delivers; `ended` has what came of its calls. */
    delivery(
      options: { send?: SendWebhook; limitMs?: number; faultPoint?: (name: string) => void } = {},
    ) {
      const ended: { result: TryResult; decision: TryDecision }[] = [];
      const disabled: string[] = [];
      const { limitMs = 60_000, faultPoint = () => {} } = options;
      const delivery = createWebhookDelivery({
        queue: postgresWebhookQueue(db),
        send: options.send ?? webhookSender({ allowsPrivate: true, limitMs }),
        now,
        newId,
        random: () => 0,
        faultPoint,
        onEnded: (one) => void ended.push(one),
        onDisabled: (_, reason) => void disabled.push(reason),
        onFault: () => {},
      });
      return Object.assign(delivery, {
        ended,
        disabled,
        /** Runs until nothing is due and no call is under way. */
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
