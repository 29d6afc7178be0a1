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
import { Webhook } from "standardwebhooks";
import { pruneOnce } from "@payflow/outbox";
import { eventually } from "@payflow/local-stack/testing";
import { claimMs } from "./deliver.ts";
import { notificationRetention } from "./postgres_deliveries.ts";
import { downAfter, failingMaxMs, webhookChannel } from "./schedule.ts";
import { openWebhookBed, type WebhookBed } from "./testing/webhook_bed.ts";

setDefaultTimeout(600_000);

const minuteMs = 60_000;
const { retryDelaysMs, callsMax } = webhookChannel;
const triesMax = retryDelaysMs.length + 1;
const ok = () => new Response("ok");
const idOf = ({ headers }: { headers: Record<string, string> }) => headers["webhook-id"];

let bed: WebhookBed;
beforeAll(async () => {
  bed = await openWebhookBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  bed.stopClock();
  await sql`delete from webhook_endpoints`.execute(bed.db);
  await sql`truncate deliveries, webhook_tries, events`.execute(bed.db);
});

const deliveries = async (endpointId: string) =>
  (await bed.deliveries.list(endpointId, { limit: 1_000 })).rows;
const delivery = async (endpointId: string, eventId = "") => {
  const found = await bed.deliveries.find(endpointId, eventId);
  if (found === undefined) throw new Error(`no delivery of ${eventId}`);
  return { ...found.delivery, log: found.log };
};
/** New orders with an event each. */
const ordersOf = async (count: number) => {
  const made = await Promise.all(Array.from({ length: count }, () => bed.order(1)));
  return made.map(({ orderId }) => orderId);
};
const endpointNow = (endpointId: string) => bed.endpoints.find(endpointId);

describe("what is written with a change", () => {
  test("is one delivery for each endpoint that takes its event, and none without an endpoint", async () => {
    await bed.order(2);
    const all = await bed.endpoint("https://a.example/hooks");
    const some = await bed.endpoint("https://b.example/hooks", ["OrderConfirmed"]);
    const off = await bed.endpoint("https://c.example/hooks");
    await bed.endpoints.change(off.endpointId, { isEnabled: false });
    const { eventIds } = await bed.order(3);
    const found = async ({ endpointId }: { endpointId: string }) =>
      (await deliveries(endpointId)).map(({ id }) => id).sort();
    expect(await found(all)).toEqual(eventIds.toSorted());
    expect(await found(some)).toEqual([eventIds[1] as string]);
    expect(await found(off)).toEqual([]);
  });

  test("is nothing for a change that was not made", async () => {
    const { endpointId } = await bed.endpoint("https://a.example/hooks");
    await sql`
      with made as (
        insert into events (aggregate_id, version, event_id, slot, topic, payload)
        values (gen_random_uuid(), 1, gen_random_uuid(), 0, 'OrderCreated', '{}') returning 1
      ) select 1 / (count(*) - 1) from made`
      .execute(bed.db)
      .then(
        () => expect.unreachable(),
        () => {},
      );
    expect(await deliveries(endpointId)).toEqual([]);
  });
});

test("a webhook has type, timestamp and data, and a signature that the library verifies", async () => {
  bed.runClock();
  const shop = bed.receiver(ok);
  const { endpointId, secret } = await bed.endpoint(shop.url);
  const { orderId, eventIds } = await bed.order(1);
  await bed.delivery().untilIdle();
  const [received] = shop.received;
  if (received === undefined) throw new Error("nothing received");
  const { headers, body } = received;
  expect(headers).toMatchObject({ "webhook-id": eventIds[0], "content-type": "application/json" });
  expect(new Webhook(secret).verify(body, headers)).toEqual({
    type: "OrderCreated",
    timestamp: expect.stringMatching(/Z$/),
    data: expect.objectContaining({ orderId, amount: 39_000, currency: "KRW" }),
  });
  expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow("No matching signature");
  expect(await delivery(endpointId, eventIds[0])).toMatchObject({
    state: "delivered",
    tries: 1,
    nextAt: null,
    log: [{ status: 200, error: null, response: "ok" }],
  });
});

test("a receiver that answers 500 gets the same webhook at each step of the schedule, then the order's next event", async () => {
  const shop = bed.receiver(() => new Response("broken", { status: 500 }));
  const { endpointId } = await bed.endpoint(shop.url);
  const { eventIds } = await bed.order(2);
  const process = bed.delivery();
  await process.untilIdle();
  const ids = () => shop.received.map(idOf);
  expect(ids()).toEqual([eventIds[0]]);
  for (const [index, delayMs] of retryDelaysMs.entries()) {
    bed.pass(delayMs - 1);
    await process.untilIdle();
    expect(ids().length, `before try ${index + 2}`).toBe(index + 1);
    bed.pass(1);
    await process.untilIdle();
    if (index < retryDelaysMs.length - 1) expect(new Set(ids())).toEqual(new Set([eventIds[0]]));
    // what the breaker adds is less than the next step
    expect(ids().filter((id) => id === eventIds[0]).length).toBe(index + 2);
  }
  expect(await delivery(endpointId, eventIds[0])).toMatchObject({
    state: "gave_up",
    tries: triesMax,
    lastStatus: 500,
  });
  bed.pass(2 * minuteMs);
  await process.untilIdle();
  expect(ids().slice(triesMax)).toEqual([eventIds[1]]);
  expect(new Set(shop.received.slice(0, triesMax).map(({ body }) => body)).size).toBe(1);
});

test("an endpoint that is down for an hour gets few calls, and all events once it is back, each order's in order", async () => {
  const shop = bed.receiver(() => new Response(null, { status: 503 }));
  const { endpointId } = await bed.endpoint(shop.url);
  const placed = await Promise.all(Array.from({ length: 20 }, () => bed.order(3)));
  const process = bed.delivery();
  await process.untilIdle();
  // all that were under way when it went down
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
  expect(await endpointNow(endpointId)).toMatchObject({ failingSince: null, disabledAt: null });
});

describe("one endpoint and another", () => {
  test("a receiver that hangs holds up nobody else, and gets no more calls at once than the bound", async () => {
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

  test("a call that hangs ends by the time limit, and is a failure", async () => {
    const shop = bed.receiver(() => new Promise<Response>(() => {}));
    const { endpointId } = await bed.endpoint(shop.url);
    const { eventIds } = await bed.order(1);
    await bed.delivery({ limitMs: 200 }).untilIdle();
    expect(await delivery(endpointId, eventIds[0])).toMatchObject({
      state: "waiting",
      tries: 1,
      lastStatus: null,
      lastError: "no response within 0.2 s",
    });
  });

  test("two processes send each event once, each order's in order", async () => {
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

  test("replicas that claim at one moment get no more calls at once than the bound", async () => {
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
      // the second one would choose these, and not know of the first one's calls
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

  test("an endpoint that is down gets one call at a time, also with many events due", async () => {
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

describe("what turns an endpoint off", () => {
  test("410: it gets nothing more until it is turned on, and then goes on with what had been waiting", async () => {
    const shop = bed.receiver(() => new Response(null, { status: 410 }));
    const { endpointId } = await bed.endpoint(shop.url);
    const { eventIds } = await bed.order(2);
    const process = bed.delivery();
    await process.untilIdle();
    expect(process.disabled).toEqual(["gone"]);
    expect(await endpointNow(endpointId)).toMatchObject({ disabledReason: "gone" });
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
      expect((await endpointNow(endpointId)).disabledAt).toBeNull();
      bed.pass(60 * 60_000);
    }
    await bed.order(1);
    await process.untilIdle();
    expect(process.disabled).toEqual(["failing"]);
    expect(await endpointNow(endpointId)).toMatchObject({ disabledReason: "failing" });
  });
});

describe("what a receiver may do", () => {
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

  test("redirect: that is a failure, and nobody follows", async () => {
    const elsewhere = bed.receiver(ok);
    const shop = bed.receiver(() => Response.redirect(elsewhere.url, 307));
    const { endpointId } = await bed.endpoint(shop.url);
    const { eventIds } = await bed.order(1);
    await bed.delivery().untilIdle();
    expect(elsewhere.received).toEqual([]);
    const found = await delivery(endpointId, eventIds[0]);
    expect(found).toMatchObject({ state: "waiting", lastStatus: 307 });
  });

  test("wish for a later try by Retry-After, a day at the most", async () => {
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

  test("answer without end: 2 KB are kept, the rest is not read", async () => {
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
    const { state, log } = await delivery(endpointId, eventIds[0]);
    expect([state, log[0]?.response]).toEqual(["delivered", "x".repeat(2_048)]);
    expect(sent).toBeLessThan(64 * 1_048_576);
  });

  test("answer byte by byte: the time limit ends the call, and the status counts", async () => {
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
    await bed.delivery({ limitMs: 300 }).untilIdle();
    const found = await delivery(endpointId, eventIds[0]);
    expect(found).toMatchObject({ state: "waiting", lastStatus: 500 });
    expect(found.log[0]?.response).toMatch(/^\.+$/);
  });
});

describe("a process that ends", () => {
  test("between the call and the writing of its end sends the event again, under the same id", async () => {
    const shop = bed.receiver(ok);
    const { endpointId } = await bed.endpoint(shop.url);
    const { eventIds } = await bed.order(2);
    const crashed = bed.delivery({
      faultPoint() {
        throw new Error("killed");
      },
    });
    await crashed.untilIdle();
    expect(shop.received.map(idOf)).toEqual([eventIds[0]]);
    const process = bed.delivery();
    await process.untilIdle();
    expect(shop.received.length).toBe(1);
    bed.pass(claimMs);
    await process.untilIdle();
    expect(shop.received.map(idOf)).toEqual([eventIds[0], ...eventIds]);
    for (const { state } of await deliveries(endpointId)) expect(state).toBe("delivered");
  });

  test("in order gives its calls back to others", async () => {
    const shop = bed.receiver(() => new Promise<Response>(() => {}));
    await bed.endpoint(shop.url);
    const { eventIds } = await bed.order(1);
    const stopped = bed.delivery();
    await stopped.runOnce();
    await eventually(() => expect(shop.received.length).toBe(1));
    await stopped.stop(0);
    shop.answer = ok;
    await bed.delivery().untilIdle();
    expect(shop.received.map(idOf)).toEqual([eventIds[0], eventIds[0]]);
  });
});

test("while secrets are rotated both sign, then the new one alone, and no delivery fails", async () => {
  bed.runClock();
  const shop = bed.receiver(ok);
  const { endpointId, secret: former } = await bed.endpoint(shop.url);
  const send = async () => {
    await bed.order(1);
    await bed.delivery().untilIdle();
    return shop.received.at(-1);
  };
  const rotated = await bed.endpoints.rotate(endpointId, 24);
  const { secret } = rotated;
  const both = await send();
  for (const one of [former, secret])
    expect(new Webhook(one).verify(both?.body ?? "", both?.headers ?? {})).toBeDefined();
  expect(both?.headers["webhook-signature"]?.split(" ").length).toBe(2);
  await sql`update webhook_endpoints set former_secret_until = now()`.execute(bed.db);
  const alone = await send();
  expect(alone?.headers["webhook-signature"]?.split(" ").length).toBe(1);
  expect(new Webhook(secret).verify(alone?.body ?? "", alone?.headers ?? {})).toBeDefined();
  expect(() => new Webhook(former).verify(alone?.body ?? "", alone?.headers ?? {})).toThrow();
});

describe("sending again", () => {
  test("one event, and all since a time, with those that the endpoint had missed", async () => {
    const missed = await bed.order(2);
    const shop = bed.receiver(ok);
    const { endpointId } = await bed.endpoint(shop.url, ["OrderCreated"]);
    const { eventIds } = await bed.order(1);
    const process = bed.delivery();
    await process.untilIdle();
    bed.pass(1);
    await bed.deliveries.resend(endpointId, eventIds[0] as string);
    await process.untilIdle();
    expect(shop.received.map(idOf)).toEqual([eventIds[0], eventIds[0]]);
    const since = new Date(Date.now() - 60 * minuteMs).toISOString();
    const only = await bed.deliveries.resendSince(endpointId, { since, undeliveredOnly: true });
    expect(only).toEqual({ resent: 1, next: null });
    await process.untilIdle();
    expect(shop.received.slice(2).map(idOf)).toEqual([missed.eventIds[0]]);
    bed.pass(1);
    const all = await bed.deliveries.resendSince(endpointId, { since, undeliveredOnly: false });
    expect(all.resent).toBe(2);
    await process.untilIdle();
    expect(new Set(shop.received.slice(3).map(idOf))).toEqual(
      new Set([eventIds[0], missed.eventIds[0]]),
    );
    expect((await delivery(endpointId, eventIds[0])).log.length).toBe(3);
  });
});

test("a run with nothing due writes nothing", async () => {
  const { endpointId } = await bed.endpoint("https://a.example/hooks");
  expect(await bed.delivery().runOnce()).toBe(0);
  // a row's lock would be a write
  const { rows } = await sql<{ xmax: string }>`
    select xmax::text from delivery_targets where id = ${endpointId}`.execute(bed.db);
  expect([...rows]).toEqual([{ xmax: "0" }]);
});

test("deliveries and their tries are kept for thirty days", async () => {
  const shop = bed.receiver(ok);
  const { endpointId } = await bed.endpoint(shop.url);
  await bed.order(1);
  const { eventIds } = await bed.order(1);
  await bed.delivery().untilIdle();
  const old = sql`now() - interval '31 days'`;
  await sql`update webhook_deliveries set created_at = ${old} where event_id <> ${eventIds[0]}`.execute(
    bed.db,
  );
  await sql`update webhook_tries set started_at = ${old} where event_id <> ${eventIds[0]}`.execute(
    bed.db,
  );
  expect(await pruneOnce(bed.db, notificationRetention)).toBe(2);
  expect((await deliveries(endpointId)).map(({ id }) => id)).toEqual(eventIds);
});

test("lists are read in pages, newest first, by state", async () => {
  const shop = bed.receiver(
    ({ body }) => new Response(null, { status: body.includes("OrderCreated") ? 200 : 500 }),
  );
  const { endpointId } = await bed.endpoint(shop.url);
  for (let n = 0; n < 5; n++) await bed.order(2);
  await bed.delivery().untilIdle();
  const paged = async (state: "delivered" | "waiting" | undefined) => {
    const rows = [];
    let after: string | undefined;
    do {
      const page = await bed.deliveries.list(endpointId, { state, after, limit: 3 });
      rows.push(...page.rows);
      after = page.next ?? undefined;
    } while (after !== undefined);
    return rows;
  };
  const all = await paged(undefined);
  expect(new Set(all.map(({ id }) => id)).size).toBe(10);
  const times = all.map(({ createdAt }) => createdAt);
  expect(times).toEqual(times.toSorted().reverse());
  expect((await paged("delivered")).map(({ kind }) => kind)).toEqual(
    Array.from({ length: 5 }, () => "OrderCreated"),
  );
  expect((await paged("waiting")).length).toBe(5);
});
