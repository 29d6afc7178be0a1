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
import { notificationFigures } from "./attention.ts";
import { claimMs } from "./deliver.ts";
import { notificationRetention } from "./postgres_deliveries.ts";
import { webhookChannel } from "./schedule.ts";
import { openWebhookBed, type WebhookBed } from "./testing/webhook_bed.ts";

setDefaultTimeout(600_000);

const minuteMs = 60_000;
const { retryDelaysMs } = webhookChannel;
const triesMax = retryDelaysMs.length + 1;
const ok = () => new Response("ok");
const idOf = ({ headers }: { headers: Record<string, string> }) => headers["webhook-id"];

let bed: WebhookBed;
beforeAll(async () => {
  bed = await openWebhookBed();
});
afterAll(() => bed.close());
beforeEach(() => bed.begin());

describe("a change's deliveries", () => {
  test("are one per endpoint that takes the event, and none without an endpoint", async () => {
    await bed.order(2);
    const all = await bed.endpoint("https://a.example/hooks");
    const some = await bed.endpoint("https://b.example/hooks", ["OrderConfirmed"]);
    const off = await bed.endpoint("https://c.example/hooks");
    await bed.endpoints.change(off.endpointId, { isEnabled: false });
    const { eventIds } = await bed.order(3);
    const found = async ({ endpointId }: { endpointId: string }) =>
      (await bed.listDeliveries(endpointId)).map(({ id }) => id).sort();
    expect(await found(all)).toEqual(eventIds.toSorted());
    expect(await found(some)).toEqual([eventIds[1] as string]);
    expect(await found(off)).toEqual([]);
  });

  test("are not doubled by an endpoint that is added twice by one form", async () => {
    const endpointId = crypto.randomUUID();
    const add = () =>
      bed.endpoints.create(
        { url: "https://a.example", description: "", eventTypes: null },
        { id: endpointId },
      );
    const added = await Promise.allSettled([add(), add(), add()]);
    expect(added.flatMap((one) => (one.status === "rejected" ? one.reason.code : []))).toEqual([
      "webhook_endpoint_exists",
      "webhook_endpoint_exists",
    ]);
    expect(await bed.endpoints.list()).toMatchObject([{ endpointId }]);
  });

  test("are not doubled by a call that is repeated with its Idempotency-Key, which gets the secret again", async () => {
    const given = { url: "https://a.example", description: "", eventTypes: null };
    const add = (change = {}, key = "k") => bed.endpoints.create({ ...given, ...change }, { key });
    const [made, ...repeated] = await Promise.all([add(), add(), add()]);
    expect(repeated).toEqual([made, made]);
    expect(await bed.endpoints.list()).toHaveLength(1);
    const reused = { code: "idempotency_key_reused" };
    await expect(add({ url: "https://b.example" })).rejects.toMatchObject(reused);
    await expect(add({ eventTypes: ["OrderConfirmed"] })).rejects.toMatchObject(reused);
    expect((await add({}, "another")).endpointId).not.toBe(made.endpointId);
    await bed.endpoints.rotate(made.endpointId);
    await expect(add()).rejects.toMatchObject(reused);
  });

  test("are not written for a change that was rolled back", async () => {
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
    expect(await bed.listDeliveries(endpointId)).toEqual([]);
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
  expect(await bed.findDelivery(endpointId, eventIds[0])).toMatchObject({
    state: "delivered",
    tries: 1,
    nextAt: null,
    log: [{ status: 200, error: null, response: "ok" }],
  });
});

test("a receiver that responds with 500 gets the same webhook on each scheduled try, then the order's next event", async () => {
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
    // the circuit breaker's pause is shorter than the next delay
    expect(ids().filter((id) => id === eventIds[0]).length).toBe(index + 2);
  }
  expect(await bed.findDelivery(endpointId, eventIds[0])).toMatchObject({
    state: "gave_up",
    tries: triesMax,
    lastStatus: 500,
  });
  bed.pass(2 * minuteMs);
  await process.untilIdle();
  expect(ids().slice(triesMax)).toEqual([eventIds[1]]);
  expect(new Set(shop.received.slice(0, triesMax).map(({ body }) => body)).size).toBe(1);
});

describe("a process that ends", () => {
  test("between a call and the writing of its result sends the event again, under the same id", async () => {
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
    for (const { state } of await bed.listDeliveries(endpointId)) expect(state).toBe("delivered");
  });

  test("gracefully releases its calls to others", async () => {
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

test("during a rotation both secrets sign, then the new one alone, and no delivery fails", async () => {
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
  await sql`update webhook_endpoints set former_secret_until = now() - interval '1 second'`.execute(
    bed.db,
  );
  const alone = await send();
  expect(alone?.headers["webhook-signature"]?.split(" ").length).toBe(1);
  expect(new Webhook(secret).verify(alone?.body ?? "", alone?.headers ?? {})).toBeDefined();
  expect(() => new Webhook(former).verify(alone?.body ?? "", alone?.headers ?? {})).toThrow();
});

test("a second rotation keeps the signing secrets, unless former ones must stop", async () => {
  const shop = bed.receiver(ok);
  const { endpointId, secret: first } = await bed.endpoint(shop.url);
  const { secret: second } = await bed.endpoints.rotate(endpointId, 24);
  const { secret: third } = await bed.endpoints.rotate(endpointId, 24);
  bed.runClock();
  const send = async () => {
    await bed.order(1);
    await bed.delivery().untilIdle();
    return shop.received.at(-1);
  };
  const sent = await send();
  for (const one of [first, second, third])
    expect(new Webhook(one).verify(sent?.body ?? "", sent?.headers ?? {})).toBeDefined();
  const { secret: last } = await bed.endpoints.rotate(endpointId, 0);
  const alone = await send();
  expect(new Webhook(last).verify(alone?.body ?? "", alone?.headers ?? {})).toBeDefined();
  expect(alone?.headers["webhook-signature"]?.split(" ")).toHaveLength(1);
  for (let n = 0; n < 30; n++) await bed.endpoints.rotate(endpointId, 24);
  expect((await send())?.headers["webhook-signature"]?.split(" ")).toHaveLength(5);
});

describe("sending again", () => {
  test("one event, and all since a time, including those that the endpoint missed", async () => {
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
    expect((await bed.findDelivery(endpointId, eventIds[0])).log.length).toBe(3);
  });

  test("resends all events of one time in one page, however many, and continues after them", async () => {
    const { endpointId } = await bed.endpoint("https://a.example/hooks");
    await bed.order(1);
    const at = new Date(Date.now() - minuteMs).toISOString();
    await sql`
      insert into events (aggregate_id, version, event_id, slot, topic, payload, created_at)
      select gen_random_uuid(), 1, gen_random_uuid(), 0, 'OrderCreated', '{}', ${at}::text::timestamptz
      from generate_series(1, 5002)`.execute(bed.db);
    const first = await bed.deliveries.resendSince(endpointId, {
      since: at,
      undeliveredOnly: true,
    });
    expect(first.resent).toBe(5_002);
    const since = first.next ?? "";
    const last = await bed.deliveries.resendSince(endpointId, { since, undeliveredOnly: true });
    expect(last).toEqual({ resent: 1, next: null });
  });
});

test("a run with nothing due writes nothing", async () => {
  const { endpointId } = await bed.endpoint("https://a.example/hooks");
  expect(await bed.delivery().runOnce()).toBe(0);
  // locking a row would be a write
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
  expect((await bed.listDeliveries(endpointId)).map(({ id }) => id)).toEqual(eventIds);
});

test("deliveries of a removed endpoint are not counted as waiting", async () => {
  const [gone, left] = [
    await bed.endpoint("https://a.example/hooks"),
    await bed.endpoint("https://b.example/hooks"),
  ];
  await bed.order(3);
  const figure = notificationFigures.find(({ name }) => name.endsWith("deliveries_waiting"));
  const waiting = async () => {
    const { rows } = await sql<{ value: string }>`${figure?.query}`.execute(bed.db);
    return Number(rows[0]?.value);
  };
  expect(await waiting()).toBe(6);
  await bed.endpoints.remove(gone.endpointId);
  expect(await waiting()).toBe(3);
  await bed.endpoints.remove(left.endpointId);
  expect(await waiting()).toBe(0);
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

test("a list begins with the newest for a cursor that no list returned", async () => {
  const { endpointId } = await bed.endpoint("https://a.example/hooks");
  const { orderId } = await bed.order(2);
  for (const at of [
    "1 1",
    "2026-02-31 10:00:00+00",
    "2026-01-01 10:00:00+23",
    "0000-01-01 10:00",
  ]) {
    const after = Buffer.from(`${at} ${orderId} 1 1`).toString("base64url");
    expect((await bed.deliveries.list(endpointId, { after, limit: 5 })).rows).toHaveLength(2);
  }
});
