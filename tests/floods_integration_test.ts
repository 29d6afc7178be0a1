import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { eventually } from "@payflow/local-stack/testing";
import postgres from "postgres";
import { apiOf, cart, placed } from "./api_client.ts";
import { testEdge, type TestEdge } from "./edge.ts";
import { shopperOf } from "./shopper.ts";
import { testStack, type TestStack } from "./stack.ts";

setDefaultTimeout(600_000);

const proxies = { TRUSTED_PROXIES: "127.0.0.1,::1" };
const from = (address: string) => ({ "X-Forwarded-For": address });
const json = { "Content-Type": "application/json" };
const floodSize = 400;

/** Concurrent calls, and the responses so far. */
function flood(calls: readonly Promise<Response>[]) {
  const ended: Response[] = [];
  for (const call of calls)
    void call.then(
      (response) => ended.push(response),
      () => {},
    );
  const statuses = () => ended.map(({ status }) => status);
  return { ended, statuses, all: () => Promise.allSettled(calls) };
}

const webhook = (orderId: string) =>
  JSON.stringify({ eventType: "PAYMENT_STATUS_CHANGED", data: { orderId, paymentKey: "key" } });

describe("while Toss hangs", () => {
  let stack: TestStack;
  beforeAll(async () => {
    stack = await testStack({
      order: { ...proxies, RATE_LIMIT_PER_MINUTE: "60" },
      payment: { TOSS_TIMEOUT_MS: "120000", CONFIRM_WAIT_MS: "55000" },
    });
  }, 600_000);
  afterAll(() => stack.close());

  test("400 repeated confirms from one address block neither webhooks nor another shopper's confirm", async () => {
    const shopper = shopperOf(stack);
    const [flooded, honest] = await Promise.all([shopper.place(), shopper.place()]);
    const repeated = await shopper.authenticate(flooded);
    const paid = await shopper.authenticate(honest);
    await shopper.sandbox("/_sandbox/faults", {
      operation: "confirm",
      fault: "delay",
      delayMs: 100_000,
      times: 1,
    });
    const confirm = (command: unknown, address: string) =>
      fetch(`${stack.url}/api/payments/confirm`, {
        method: "POST",
        headers: { ...json, ...from(address) },
        body: JSON.stringify(command),
      });
    const first = flood([confirm(repeated, "192.0.2.1")]);
    await eventually(async () => {
      const response = await fetch(`${stack.url}/api/payments/${flooded.orderId}`);
      expect(await response.json()).toMatchObject({ status: "IN_PROGRESS" });
    });
    const { ended, statuses } = flood(
      Array.from({ length: floodSize }, () => confirm(repeated, "192.0.2.1")),
    );
    // calls above the limit are rejected at once; the others wait for Toss
    await eventually(() => expect(statuses().length).toBe(floodSize - 19));
    expect(new Set(statuses())).toEqual(new Set([429]));
    expect(ended.every(({ headers }) => headers.has("Retry-After"))).toBe(true);

    const stored = await fetch(`${stack.url}/webhooks/toss`, {
      method: "POST",
      headers: json,
      body: webhook(honest.orderId),
    });
    expect(stored.status).toBe(200);
    expect((await confirm(paid, "192.0.2.2")).status).toBe(200);
    // the payment's state can always be read
    const owed = await fetch(`${stack.url}/api/payments/${flooded.orderId}`, {
      headers: from("192.0.2.1"),
    });
    expect(await owed.json()).toMatchObject({ status: "IN_PROGRESS" });
    // until here only rejected calls of the flood have ended
    expect(statuses().length).toBe(floodSize - 19);
    expect(first.statuses()).toEqual([]);
  });
});

describe("calls of order to payment", () => {
  let payment: TestEdge;
  let edge: TestEdge;
  let hold = Promise.withResolvers<void>();
  const calls: string[] = [];
  const sessionGone = {
    kind: "gone",
    code: "payment_session_expired",
    message: "gone",
    details: {},
  };

  beforeAll(async () => {
    payment = await testEdge();
    edge = await testEdge({
      order: { ...proxies, RATE_LIMIT_PER_MINUTE: "100000" },
      async paymentFetch(request) {
        const { pathname } = new URL(request.url);
        calls.push(pathname);
        if (!pathname.endsWith("/confirm")) return await payment.payment(request);
        await hold.promise;
        return Response.json({ payment: null, refusal: sessionGone });
      },
    });
  }, 600_000);
  afterAll(() => Promise.all([edge.close(), payment.close()]));

  const post = (path: string, body: unknown, address: string) =>
    edge.order(
      new Request(edge.url + path, {
        method: "POST",
        headers: { ...json, ...from(address) },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    );
  const confirmsSent = () => calls.filter((path) => path.endsWith("/confirm")).length;

  test("100 identical confirms make one call to payment", async () => {
    hold = Promise.withResolvers();
    calls.length = 0;
    const { orderId, amount } = await placed(await post("/api/orders", cart, "192.0.2.3"));
    const command = { paymentKey: "key", orderId, amount };
    const identical = Array.from({ length: 100 }, (_, n) =>
      post("/api/payments/confirm", command, `198.51.100.${n}`),
    );
    const otherSum = { ...command, amount: amount + 1 };
    const other = post("/api/payments/confirm", otherSum, "192.0.2.3");
    await eventually(() => expect(confirmsSent()).toBe(2));
    hold.resolve();
    const { refusal } = apiOf(edge);
    for (const response of await Promise.all([...identical, other]))
      await refusal(response, 410, "payment_session_expired");
    expect(confirmsSent()).toBe(2);
  });

  test("hanging confirms of many orders and addresses leave slots for webhooks and reads", async () => {
    hold = Promise.withResolvers();
    calls.length = 0;
    const orders = await Promise.all(
      Array.from({ length: 250 }, async (_, n) =>
        placed(await post("/api/orders", cart, `198.51.100.${n}`)),
      ),
    );
    const { statuses, ended, all } = flood(
      orders.map(({ orderId, amount }, n) => {
        const command = { paymentKey: "key", orderId, amount };
        return post("/api/payments/confirm", command, `198.51.100.${n}`);
      }),
    );
    await eventually(() => expect(statuses().length + confirmsSent()).toBe(orders.length));
    // Bun has at most 256 concurrent outgoing requests, for all kinds together
    expect(confirmsSent()).toBeWithin(50, 150);
    const { refusal } = apiOf(edge);
    const refused = [...ended];
    for (const response of refused) {
      await refusal(response, 503, "payment_unavailable");
      expect(response.headers.has("Retry-After")).toBe(true);
    }
    const orderId = orders[0]?.orderId ?? "";
    const webhooks = await Promise.all(
      Array.from({ length: 20 }, () =>
        post("/webhooks/toss", webhook(crypto.randomUUID()), "192.0.2.4"),
      ),
    );
    expect(new Set(webhooks.map(({ status }) => status))).toEqual(new Set([200]));
    await refusal(
      await edge.order(new Request(`${edge.url}/api/payments/${orderId}`)),
      404,
      "payment_not_found",
    );
    expect(statuses().length).toBe(refused.length);
    hold.resolve();
    await all();
    expect(statuses().filter((status) => status === 410).length).toBe(
      orders.length - refused.length,
    );
  });

  test("concurrent calls of one address are limited, IPv6 by its /64", async () => {
    hold = Promise.withResolvers();
    calls.length = 0;
    const { orderId, amount } = await placed(await post("/api/orders", cart, "2001:db8:1:2::1"));
    const { statuses, all } = flood(
      Array.from({ length: 30 }, (_, n) => {
        const command = { paymentKey: `key-${n}`, orderId, amount };
        return post("/api/payments/confirm", command, `2001:db8:1:2::${n}`);
      }),
    );
    await eventually(() => expect(confirmsSent()).toBe(20));
    expect(statuses()).toEqual(Array.from({ length: 10 }, () => 429));
    const others = flood([
      post("/api/payments/confirm", { paymentKey: "other", orderId, amount }, "2001:db8:1:3::1"),
    ]);
    await eventually(() => expect(confirmsSent()).toBe(21));
    hold.resolve();
    await Promise.all([all(), others.all()]);
    // the slots are free again
    const again = await post("/api/orders", cart, "2001:db8:1:2::1");
    expect(again.status).toBe(201);
  });
});

describe("streams of changes", () => {
  let edge: TestEdge;
  beforeAll(async () => {
    edge = await testEdge({ order: proxies });
  }, 600_000);
  afterAll(() => edge.close());

  /** Reads a stream until it ends or the test is over. */
  async function open(orderId: string, address: string) {
    const response = await edge.order(
      new Request(`${edge.url}/orders/${orderId}/events`, { headers: from(address) }),
    );
    const read = { status: response.status, text: "", isOver: false };
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    void (async () => {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        read.text += value;
      }
      read.isOver = true;
    })().catch(() => {});
    return { read, cancel: () => reader.cancel() };
  }

  test("one address keeps at most 100 streams, and closes no other shopper's", async () => {
    const orders = await Promise.all(
      Array.from({ length: 130 }, async () =>
        placed(
          await edge.order(
            new Request(`${edge.url}/api/orders`, {
              method: "POST",
              headers: json,
              body: JSON.stringify(cart),
            }),
          ),
        ),
      ),
    );
    const shopper = await open(orders[0]?.orderId ?? "", "192.0.2.2");
    const opened = [shopper];
    const greedy: Awaited<ReturnType<typeof open>>[] = [];
    for (const { orderId } of orders) greedy.push(await open(orderId, "192.0.2.1"));
    opened.push(...greedy);
    try {
      const over = () => greedy.map(({ read }) => read.isOver);
      await eventually(() => expect(over()).toEqual(orders.map((_, n) => n < 30)));
      expect(greedy[0]?.read.text.trimEnd()).toEndWith("event: full\ndata:");
      const next = await open(orders[0]?.orderId ?? "", "192.0.2.3");
      opened.push(next);
      await eventually(() => expect(next.read.text).toContain('data-seen="'));
      expect([shopper.read.isOver, next.read.isOver]).toEqual([false, false]);
    } finally {
      await Promise.all(opened.map((stream) => stream.cancel()));
    }
  });
});

describe("while PostgreSQL writes nothing", () => {
  test("new orders are rejected at once when too many wait too long, and no accepted order is lost", async () => {
    const edge = await testEdge({ order: { GATHER_MAX: "2" } });
    const sql = postgres(edge.databases.order, { max: 1, onnotice() {} });
    const place = () =>
      edge.order(
        new Request(`${edge.url}/api/orders`, {
          method: "POST",
          headers: json,
          body: JSON.stringify(cart),
        }),
      );
    try {
      await placed(await place());
      const calls: Promise<Response>[] = [];
      await sql.begin(async (transaction) => {
        await transaction`lock table orders in access exclusive mode`;
        let refused: Response | undefined;
        await eventually(async () => {
          const call = place();
          calls.push(call);
          refused = await Promise.race([
            call,
            new Promise<void>(setImmediate).then(() => undefined),
          ]);
          expect(refused).toBeDefined();
        });
        await apiOf(edge).refusal(refused?.clone() as Response, 503, "overloaded");
        expect(refused?.headers.get("Retry-After")).toBe("1");
        // rejected before the body is read
        const unread = await edge.order(
          new Request(`${edge.url}/api/orders`, { method: "POST", headers: json, body: "{" }),
        );
        await apiOf(edge).refusal(unread, 503, "overloaded");
      });
      const statuses = (await Promise.all(calls)).map(({ status }) => status);
      const taken = statuses.filter((status) => status === 201);
      expect(taken.length).toBeGreaterThan(1);
      expect(statuses.filter((status) => status === 503).length).toBe(calls.length - taken.length);
      const [row] = await sql`select count(*)::int as orders from orders`;
      expect(row?.["orders"]).toBe(taken.length + 1);
      await placed(await place());
    } finally {
      await sql.end();
      await edge.close();
    }
  });
});
