import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { sql } from "kysely";
import { eventually } from "@payflow/local-stack/testing";
import { downAfter, failingMaxMs, webhookChannel } from "./schedule.ts";
import { openWebhookBed, type WebhookBed } from "./testing/webhook_bed.ts";

setDefaultTimeout(600_000);

const minuteMs = 60_000;
const { callsMax } = webhookChannel;
const ok = () => new Response("ok");
const idOf = ({ headers }: { headers: Record<string, string> }) => headers["webhook-id"];

let bed: WebhookBed;
beforeAll(async () => {
  bed = await openWebhookBed();
});
afterAll(() => bed.close());
beforeEach(() => bed.begin());

/** Creates orders with one event each. */
const ordersOf = async (count: number) => {
  const made = await Promise.all(Array.from({ length: count }, () => bed.order(1)));
  return made.map(({ orderId }) => orderId);
};

test("an endpoint that is down for an hour gets few calls, and afterwards all events, in order by order", async () => {
  const shop = bed.receiver(() => new Response(null, { status: 503 }));
  const { endpointId } = await bed.endpoint(shop.url);
  const placed = await Promise.all(Array.from({ length: 20 }, () => bed.order(3)));
  const process = bed.delivery();
  await process.untilIdle();
  // all calls that were running when it went down
  expect(shop.received.length).toBeLessThanOrEqual(callsMax + downAfter);
  const before = shop.received.length;
  for (let minute = 0; minute < 60; minute++) {
    bed.pass(minuteMs);
    await process.untilIdle();
  }
  expect(shop.received.length - before).toBeGreaterThan(30);
  expect(shop.received.length - before).toBeLessThanOrEqual(60 * 2);
  shop.answer = ok;
  const failed = shop.received.length;
  for (let hour = 0; hour < 6; hour++) {
    bed.pass(60 * minuteMs);
    await process.untilIdle();
  }
  const got = shop.received.slice(failed).map(idOf);
  expect(got.toSorted()).toEqual(placed.flatMap(({ eventIds }) => eventIds).toSorted());
  for (const { eventIds } of placed)
    expect(got.filter((id) => eventIds.includes(id ?? ""))).toEqual(eventIds);
  expect(await bed.endpoints.find(endpointId)).toMatchObject({
    failingSince: null,
    disabledAt: null,
  });
});

describe("one endpoint and another", () => {
  test("a receiver that hangs does not delay others, and gets no more concurrent calls than the limit", async () => {
    const gate = Promise.withResolvers<void>();
    const slow = bed.receiver(async () => {
      await gate.promise;
      return ok();
    });
    const fast = bed.receiver(ok);
    await bed.endpoint(slow.url);
    await bed.endpoint(fast.url);
    for (let n = 0; n < callsMax + 5; n++) await bed.order(1);
    const process = bed.delivery();
    await eventually(async () => {
      await process.runOnce();
      expect(fast.received.length).toBe(callsMax + 5);
    });
    expect(slow.received.length).toBe(callsMax);
    gate.resolve();
    await process.untilIdle();
    expect(slow.received.length).toBe(callsMax + 5);
  });

  test("a call that hangs fails at the time limit", async () => {
    const shop = bed.receiver(() => new Promise<Response>(() => {}));
    const { endpointId } = await bed.endpoint(shop.url);
    const { eventIds } = await bed.order(1);
    await bed.delivery({ limitMs: 200 }).untilIdle();
    expect(await bed.findDelivery(endpointId, eventIds[0])).toMatchObject({
      state: "waiting",
      tries: 1,
      lastStatus: null,
      lastError: "no response within 0.2 s",
    });
  });

  test("two processes send each event once, in order by order", async () => {
    const shop = bed.receiver(ok);
    await bed.endpoint(shop.url);
    const placed = await Promise.all(Array.from({ length: 40 }, () => bed.order(3)));
    await Promise.all([bed.delivery(), bed.delivery()].map((process) => process.untilIdle()));
    await bed.delivery().untilIdle();
    const got = shop.received.map(idOf);
    expect(got.length).toBe(120);
    for (const { eventIds } of placed)
      expect(got.filter((id) => eventIds.includes(id ?? ""))).toEqual(eventIds);
  });

  test("replicas that claim concurrently make no more concurrent calls than the limit", async () => {
    const shop = bed.receiver(() => new Promise<Response>(() => {}));
    const { endpointId } = await bed.endpoint(shop.url);
    for (let n = 0; n < callsMax; n++) await bed.order(1);
    const replicas = [bed.delivery(), bed.delivery()] as const;
    const other = new Bun.SQL(bed.url, { max: 1 });
    const first = await other.begin(async (session) => {
      await session`select from deliveries where target_id = ${endpointId} for update`;
      const claiming = replicas[0].runOnce();
      await eventually(async () => {
        const { rows } = await sql`
          select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
          bed.db,
        );
        expect(rows.length).toBe(1);
      });
      // the second claim would choose these, because it does not see the calls of the first
      await sql`update deliveries set next_at = now() - interval '1 hour' where order_id = any(${await ordersOf(callsMax)}::text[]::uuid[])`.execute(
        bed.db,
      );
      await replicas[1].runOnce();
      return { claiming };
    });
    await first.claiming;
    await other.end();
    await eventually(() => expect(shop.received.length).toBe(callsMax));
    expect(await replicas[1].runOnce()).toBe(0);
    await Promise.all(replicas.map((replica) => replica.stop(0)));
    expect(shop.received.length).toBe(callsMax);
  });

  test("an endpoint that is down gets one call at a time, even with many due events", async () => {
    const shop = bed.receiver(() => new Response(null, { status: 500 }));
    await bed.endpoint(shop.url);
    await Promise.all(Array.from({ length: 30 }, () => bed.order(1)));
    const process = bed.delivery();
    await process.untilIdle();
    const before = shop.received.length;
    await process.untilIdle();
    expect(shop.received.length).toBe(before);
    bed.pass(minuteMs);
    await process.untilIdle();
    expect(shop.received.length).toBe(before + 1);
  });
});

describe("events that turn an endpoint off", () => {
  test("410: it gets nothing until it is enabled again, and then its waiting deliveries", async () => {
    const shop = bed.receiver(() => new Response(null, { status: 410 }));
    const { endpointId } = await bed.endpoint(shop.url);
    const { eventIds } = await bed.order(2);
    const process = bed.delivery();
    await process.untilIdle();
    expect(process.disabled).toEqual(["gone"]);
    expect(await bed.endpoints.find(endpointId)).toMatchObject({ disabledReason: "gone" });
    shop.answer = ok;
    bed.pass(24 * 60 * minuteMs);
    await bed.order(1);
    await process.untilIdle();
    expect(shop.received.length).toBe(1);
    await bed.endpoints.change(endpointId, { isEnabled: true });
    await process.untilIdle();
    expect(shop.received.map(idOf)).toEqual([eventIds[0], ...eventIds]);
  });

  test("five days without a success", async () => {
    const shop = bed.receiver(() => new Response(null, { status: 500 }));
    const { endpointId } = await bed.endpoint(shop.url);
    const process = bed.delivery();
    for (let passedMs = 0; passedMs < failingMaxMs; passedMs += 60 * 60_000) {
      await bed.order(1);
      await process.untilIdle();
      expect((await bed.endpoints.find(endpointId)).disabledAt).toBeNull();
      bed.pass(60 * 60_000);
    }
    await bed.order(1);
    await process.untilIdle();
    expect(process.disabled).toEqual(["failing"]);
    expect(await bed.endpoints.find(endpointId)).toMatchObject({ disabledReason: "failing" });
  });
});

describe("changes that a receiver may make", () => {
  test("move: the next try goes to the new address", async () => {
    const old = bed.receiver(() => new Response(null, { status: 500 }));
    const moved = bed.receiver(ok);
    const { endpointId } = await bed.endpoint(old.url);
    const { eventIds } = await bed.order(1);
    const process = bed.delivery();
    await process.untilIdle();
    await bed.endpoints.change(endpointId, { url: moved.url });
    bed.pass(minuteMs);
    await process.untilIdle();
    expect([old, moved].map(({ received }) => received.map(idOf))).toEqual([eventIds, eventIds]);
  });

  test("redirect: that is a failure, and the redirect is not followed", async () => {
    const elsewhere = bed.receiver(ok);
    const shop = bed.receiver(() => Response.redirect(elsewhere.url, 307));
    const { endpointId } = await bed.endpoint(shop.url);
    const { eventIds } = await bed.order(1);
    await bed.delivery().untilIdle();
    expect(elsewhere.received).toEqual([]);
    const found = await bed.findDelivery(endpointId, eventIds[0]);
    expect(found).toMatchObject({ state: "waiting", lastStatus: 307 });
  });

  test("request a later try by Retry-After, at most a day", async () => {
    const shop = bed.receiver(
      () => new Response(null, { status: 429, headers: { "Retry-After": "600" } }),
    );
    await bed.endpoint(shop.url);
    await bed.order(1);
    const process = bed.delivery();
    await process.untilIdle();
    bed.pass(599_999);
    await process.untilIdle();
    expect(shop.received.length).toBe(1);
    bed.pass(1);
    await process.untilIdle();
    expect(shop.received.length).toBe(2);
  });

  test("send an endless body: 2 KB are stored, the rest is not read", async () => {
    const closed = Promise.withResolvers<void>();
    let sent = 0;
    const endless = () =>
      new ReadableStream({
        async pull(controller) {
          sent += 1_024;
          controller.enqueue(new TextEncoder().encode("x".repeat(1_024)));
          await Bun.sleep(0);
        },
        cancel: () => closed.resolve(),
      });
    const shop = bed.receiver(() => new Response(endless()));
    const { endpointId } = await bed.endpoint(shop.url);
    const { eventIds } = await bed.order(1);
    await bed.delivery().untilIdle();
    await closed.promise;
    const { state, log } = await bed.findDelivery(endpointId, eventIds[0]);
    expect([state, log[0]?.response]).toEqual(["delivered", "x".repeat(2_048)]);
    expect(sent).toBeLessThan(64 * 1_048_576);
  });

  test("send the body byte by byte: the time limit ends the call, and the status counts", async () => {
    const trickle = () =>
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(new TextEncoder().encode("."));
          await Bun.sleep(20);
        },
      });
    const shop = bed.receiver(() => new Response(trickle(), { status: 500 }));
    const { endpointId } = await bed.endpoint(shop.url);
    const { eventIds } = await bed.order(1);
    await bed.delivery({ limitMs: 3_000 }).untilIdle();
    const found = await bed.findDelivery(endpointId, eventIds[0]);
    expect(found).toMatchObject({ state: "waiting", lastStatus: 500 });
    expect(found.log[0]?.response).toMatch(/^\.+$/);
  });
});
