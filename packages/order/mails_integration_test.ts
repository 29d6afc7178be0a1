import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  expect,
  setDefaultTimeout,
  test,
} from "bun:test";
import { sql } from "kysely";
import { migrate, openDatabase, type Database } from "@payflow/outbox";
import type { ComposeMail } from "@payflow/notifications";
import {
  claimMs,
  createDelivery,
  mailServer,
  postgresDeliveries,
  postgresQueue,
  smtpSender,
  testSmtpServer,
  type TestSmtpServer,
} from "@payflow/notifications/testing";
import { plusMs, type OrderMail } from "@payflow/shared";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { decideAndSave } from "./application/decide.ts";
import { placeOrder } from "./application/place_order.ts";
import type { OrderDeps } from "./application/ports.ts";
import { createTailLength } from "./application/tail_length.ts";
import { Order } from "./domain/order.ts";
import { orderMigrations } from "./infrastructure/migrations.ts";
import { postgresOrders } from "./infrastructure/postgres_orders.ts";
import { products, snapshots } from "./testing/given.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;
let server: TestSmtpServer;
/** So far the clock is ahead: what is due later is due now. */
let aheadMs = 0;

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await orderMigrations()), "order");
  opened = openDatabase({ url: database.url, applicationName: "mails-test" });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});
beforeEach(async () => {
  aheadMs = 0;
  await sql`delete from mails`.execute(opened.kysely);
  server = await testSmtpServer();
});
afterEach(() => server.stop());

const newId = () => Bun.randomUUIDv7();
const now = () => plusMs(new Date().toISOString(), aheadMs);
const orders = () =>
  postgresOrders(opened.kysely, { newId, now, onSaved: () => {}, onChanged: () => {} });
const deps = () =>
  ({
    orders: orders(),
    products: () => products,
    now,
    newId,
    tailLength: createTailLength(),
    orderTtlMs: 2_700_000,
    faultPoint: () => {},
  }) as unknown as OrderDeps;

async function placed(customerEmail = "kim@example.com", customerName = "김토스"): Promise<Order> {
  const what = { items: [{ productId: "keycaps", quantity: 1 }] };
  const command = { what, customerName, customerEmail, sessionId: newId(), claim: undefined };
  return (await placeOrder(command, deps())).order;
}

/** The order follows a snapshot of its payment. */
async function follow(order: Order, name: keyof typeof snapshots): Promise<Order> {
  const { orderId, amount } = order;
  const paymentVersion = Order.paymentVersion(order) + 1;
  const snapshot = { ...snapshots[name], orderId, amount, paymentVersion };
  const decide = (loaded: Order) => Order.applyPayment(loaded, snapshot, { now: now(), newId });
  return await decideAndSave({ orderId, cause: "test", decide }, deps());
}

type Options = Partial<Parameters<typeof createDelivery>[0]> & { sendMs?: number; url?: string };
async function delivery({ sendMs = 60_000, url = server.url, ...more }: Options = {}) {
  const compose: ComposeMail = async ({ orderId, facts }) => {
    const { customerName: name = "", customerEmail: address = "" } =
      (await orders().find(orderId)) ?? {};
    if (address === "") return undefined;
    const subject = `[상점] ${facts?.kind} ${name}`;
    return { to: { name, address }, subject, text: "안녕하세요", html: "<p>안녕하세요</p>" };
  };
  const from = "상점 <help@shop.kr>";
  const run = createDelivery({
    queue: postgresQueue(opened.kysely),
    sendMail: await smtpSender({ url, from, host: "shop.kr", compose, sendMs }),
    sendWebhook: () => Promise.reject(new Error("no webhook is due")),
    now,
    newId,
    random: () => 0,
    faultPoint: () => {},
    onEnded: () => {},
    onFault: (_, error) => {
      throw error;
    },
    ...more,
  });
  return {
    /** Sends what is due now, and waits for it. */
    async sendDue() {
      const begun = await run.runOnce();
      await run.settled();
      return begun;
    },
  };
}

/** Sends until nothing is due. */
async function sendAll(given?: Awaited<ReturnType<typeof delivery>>): Promise<void> {
  const run = given ?? (await delivery());
  while ((await run.sendDue()) > 0);
}

async function rows() {
  const { rows: all } = await sql<{
    kind: OrderMail["kind"];
    tries: number;
    outcome: string | null;
    error: string | null;
  }>`select kind, tries, outcome, last_error as error from mails order by created_at, version, position`.execute(
    opened.kysely,
  );
  return all;
}

const kindsOf = () =>
  server.received.map(({ data }) => {
    const [, encoded = ""] = /^Subject: ((?:.*\r\n)(?:[ \t].*\r\n)*)/m.exec(data) ?? [];
    const words = encoded.matchAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi);
    return [...words]
      .map(([, type, text = ""]) =>
        type?.toUpperCase() === "B"
          ? Buffer.from(text, "base64").toString()
          : decodeURIComponent(text.replaceAll("_", " ").replaceAll("=", "%")),
      )
      .join("");
  });

test("each change of an order is written about once, and its mails leave in their order", async () => {
  const order = await follow(await follow(await placed(), "done"), "refunded");
  // the same snapshot once more is no change
  await follow({ ...order, payment: null }, "refunded");
  expect((await rows()).map(({ kind }) => kind)).toEqual(["placed", "paid", "refunded"]);
  await Promise.all([sendAll(), sendAll(), sendAll()]);
  // each of them passed over what another one was claiming
  await sendAll();
  expect(kindsOf()).toEqual(["placed", "paid", "refunded"].map((kind) => `[상점] ${kind} 김토스`));
  expect(new Set(server.received.map(({ messageId }) => messageId)).size).toBe(3);
  expect(server.received[0]?.messageId).toBe(`<${order.orderId}.1.1@shop.kr>`);
  expect((await rows()).map(({ outcome }) => outcome)).toEqual([
    "delivered",
    "delivered",
    "delivered",
  ]);
  await sendAll();
  expect(server.received).toHaveLength(3);
});

test("a server that is down costs a try and a wait, and gets every mail once it is back", async () => {
  const { url } = server;
  await follow(await placed(), "done");
  await server.stop();
  const run = await delivery({ url });
  await run.sendDue();
  expect(await rows()).toMatchObject([
    { tries: 1, outcome: null },
    { tries: 0, outcome: null },
  ]);
  server = await testSmtpServer(Number(new URL(url).port));
  expect(await run.sendDue()).toBe(0);
  aheadMs = 61_000;
  await sendAll(run);
  expect(server.received).toHaveLength(2);
});

test("a mail that is put off (451) is sent later, before the next one of its order; others don't wait", async () => {
  const order = await placed("grey@example.com");
  await follow(order, "done");
  await placed("lee@example.com");
  server.refuse = (to) => (to.startsWith("grey") ? "451 4.7.1 Greylisted" : undefined);
  await sendAll();
  expect(server.received.map(({ to }) => to)).toEqual(["lee@example.com"]);
  expect(server.recipients.filter((to) => to === "grey@example.com")).toHaveLength(1);
  server.refuse = () => undefined;
  aheadMs = 61_000;
  await sendAll();
  expect(kindsOf().slice(1)).toEqual(["[상점] placed 김토스", "[상점] paid 김토스"]);
});

test("an address that is refused for good (550) is not tried again, and named in no record", async () => {
  await placed("gone@example.com");
  await placed("lee@example.com");
  server.refuse = (to) => (to.startsWith("gone") ? `550 5.1.1 <${to}>: no such user` : undefined);
  await sendAll();
  aheadMs = 3_600_000;
  await sendAll();
  expect(server.recipients).toHaveLength(2);
  const [gone, lee] = await rows();
  expect([gone?.outcome, lee?.outcome]).toEqual(["gave_up", "delivered"]);
  expect(gone?.error).toContain("550 5.1.1");
  expect(gone?.error).not.toContain("gone@");
});

test.each(["greeting", "data"] as const)(
  "a server that hangs (%s) holds a mail no longer than its limit",
  async (hangs) => {
    await placed();
    server.hangs = hangs;
    await (await delivery({ sendMs: 300 })).sendDue();
    expect(await rows()).toMatchObject([{ tries: 1, error: "the mail server took too long" }]);
    server.hangs = undefined;
    aheadMs = 61_000;
    await sendAll();
    // SMTP can't tell whether it was taken: it may come twice, as the same mail
    const ids = server.received.map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(hangs === "data" ? 2 : 1);
  },
);

test("a process killed between sending and its record sends the same mail again once its claim is over", async () => {
  const { orderId } = await placed();
  const end = () => Promise.reject(new Error("killed"));
  const killed = await delivery({
    queue: { ...postgresQueue(opened.kysely), end },
    onFault: () => {},
  });
  await killed.sendDue();
  await sendAll();
  expect(server.received).toHaveLength(1);
  aheadMs = claimMs + 1_000;
  await sendAll();
  const id = `<${orderId}.1.1@shop.kr>`;
  expect(server.received.map(({ messageId }) => messageId)).toEqual([id, id]);
  expect(await rows()).toMatchObject([{ outcome: "delivered" }]);
});

test("no name makes a header or an address of its own", async () => {
  const names = ['"Kim" <evil@example.com>, x', "김\r\nBcc: evil@example.com", "a, b; c: d"];
  for (const name of names) await placed("kim@example.com", name);
  await sendAll();
  expect(server.recipients).toEqual(names.map(() => "kim@example.com"));
  for (const { data } of server.received) {
    // long headers go on in lines that begin with a blank
    const head = (data.split("\r\n\r\n")[0] ?? "").replaceAll(/\r\n[ \t]/g, " ");
    expect(head).not.toMatch(/^bcc:/im);
    expect(head.match(/^to:/gim)).toHaveLength(1);
    const [, to = ""] = /^To: (.*)$/m.exec(head) ?? [];
    expect(to.trim()).toMatch(/<kim@example\.com>$/);
    // the name is one quoted or encoded word before the address
    expect(to.trim()).toMatch(/^("(?:[^"\\]|\\.)*"|(?:=\?[^?]+\?[BQ]\?[^?]*\?= ?)+) ?<[^<>]+>$/i);
  }
});

test("an erased customer is written no more, and mails too old to be news are not sent", async () => {
  const order = await placed();
  const mails = postgresDeliveries(opened.kysely);
  await mails.eraseMails(order.orderId);
  expect(await rows()).toEqual([]);
  await placed("erased@example.com").then(({ orderId }) =>
    decideAndSave({ orderId, cause: "test", decide: (loaded) => Order.erase(loaded) }, deps()),
  );
  await placed("old@example.com");
  await sql`update mails set since = now() - interval '3 days 1 minute'
    where order_id in (select id from orders where customer_email = 'old@example.com')`.execute(
    opened.kysely,
  );
  const howServerDoes = async () =>
    (await sql`select failures, last_success_at from delivery_targets`.execute(opened.kysely)).rows;
  const before = await howServerDoes();
  await sendAll();
  expect(server.received).toEqual([]);
  expect(await rows()).toMatchObject([{ outcome: "gave_up" }, { outcome: "gave_up", tries: 0 }]);
  // nothing was learnt of the server by a mail that is about nobody
  expect(await howServerDoes()).toEqual(before);
});

test("a mail that grew too old while its server failed is shown as one that failed", async () => {
  await placed();
  await sql`update mails set since = now() - interval '3 days 1 minute'`.execute(opened.kysely);
  await sql`update delivery_targets set failing_since = now() - interval '3 days'`.execute(
    opened.kysely,
  );
  await sendAll();
  expect(server.received).toEqual([]);
  expect(await rows()).toMatchObject([{ outcome: "gave_up", tries: 1 }]);
});

test("operators list mails by page, and one that is sent again is sent once more as the same mail", async () => {
  for (let count = 0; count < 5; count++) await placed(`kim${count}@example.com`);
  await sendAll();
  const mails = postgresDeliveries(opened.kysely);
  const first = await mails.list(mailServer, { limit: 3 });
  const second = await mails.list(mailServer, { limit: 3, after: first.next ?? "" });
  expect([first.rows.length, second.rows.length, second.next]).toEqual([3, 2, null]);
  const ids = [...first.rows, ...second.rows].map(({ orderId }) => orderId);
  expect(new Set(ids).size).toBe(5);
  const [newest] = first.rows;
  if (newest === undefined) throw new Error("no mail");
  // a place that somebody made up begins anew
  const madeUp = Buffer.from(`no time ${newest.orderId} 1 1`).toString("base64url");
  expect(await mails.list(mailServer, { limit: 3, after: madeUp })).toEqual(first);
  const ofOrder = await mails.list(mailServer, { orderId: newest.orderId, limit: 3 });
  expect(ofOrder.rows).toHaveLength(1);
  expect(await mails.resend(mailServer, newest.id)).toBe(true);
  await sendAll();
  const again = server.received.filter(({ messageId }) => messageId.includes(newest.orderId));
  expect(again).toHaveLength(2);
  expect(await mails.resend(mailServer, `${newId()}.1.1`)).toBe(false);
});
