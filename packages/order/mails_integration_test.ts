import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "kysely";
import {
  claimMs,
  mailServer,
  postgresDeliveries,
  postgresQueue,
  testSmtpServer,
} from "@payflow/notifications/testing";
import { decideAndSave } from "./application/decide.ts";
import { Order } from "./domain/order.ts";
import { openMailBed, type MailBed } from "./testing/mail_bed.ts";

setDefaultTimeout(600_000);

let bed: MailBed;
beforeAll(async () => {
  bed = await openMailBed();
});
afterAll(() => bed.close());
beforeEach(() => bed.begin());

test("each change of an order causes its mails once, and they are sent in the order of the changes", async () => {
  const order = await bed.follow(await bed.follow(await bed.placed(), "done"), "refunded");
  // a repeated snapshot changes nothing
  await bed.follow({ ...order, payment: null }, "refunded");
  expect((await bed.rows()).map(({ kind }) => kind)).toEqual(["placed", "paid", "refunded"]);
  await Promise.all([bed.sendAll(), bed.sendAll(), bed.sendAll()]);
  // each worker skipped the rows that another one had claimed
  await bed.sendAll();
  expect(bed.kindsOf()).toEqual(
    ["placed", "paid", "refunded"].map((kind) => `[상점] ${kind} 김토스`),
  );
  expect(new Set(bed.server.received.map(({ messageId }) => messageId)).size).toBe(3);
  expect(bed.server.received[0]?.messageId).toBe(`<${order.orderId}.1.1@shop.kr>`);
  expect((await bed.rows()).map(({ outcome }) => outcome)).toEqual([
    "delivered",
    "delivered",
    "delivered",
  ]);
  await bed.sendAll();
  expect(bed.server.received).toHaveLength(3);
});

test("a server that is down costs one try and a back-off, and gets every mail after its return", async () => {
  const { url } = bed.server;
  await bed.follow(await bed.placed(), "done");
  await bed.server.stop();
  const run = await bed.delivery({ url });
  await run.sendDue();
  expect(await bed.rows()).toMatchObject([
    { tries: 1, outcome: null },
    { tries: 0, outcome: null },
  ]);
  bed.server = await testSmtpServer(Number(new URL(url).port));
  expect(await run.sendDue()).toBe(0);
  bed.aheadMs = 61_000;
  await bed.sendAll(run);
  expect(bed.server.received).toHaveLength(2);
});

test("a deferred mail (451) is retried before the next one of its order; other orders' mails don't wait", async () => {
  const order = await bed.placed("grey@example.com");
  await bed.follow(order, "done");
  await bed.placed("lee@example.com");
  bed.server.refuse = (to) => (to.startsWith("grey") ? "451 4.7.1 Greylisted" : undefined);
  await bed.sendAll();
  expect(bed.server.received.map(({ to }) => to)).toEqual(["lee@example.com"]);
  expect(bed.server.recipients.filter((to) => to === "grey@example.com")).toHaveLength(1);
  bed.server.refuse = () => undefined;
  bed.aheadMs = 61_000;
  await bed.sendAll();
  expect(bed.kindsOf().slice(1)).toEqual(["[상점] placed 김토스", "[상점] paid 김토스"]);
});

test("a permanently rejected address (550) is not retried, and named in no record", async () => {
  await bed.placed("gone@example.com");
  await bed.placed("lee@example.com");
  bed.server.refuse = (to) =>
    to.startsWith("gone") ? `550 5.1.1 <${to}>: no such user` : undefined;
  await bed.sendAll();
  bed.aheadMs = 3_600_000;
  await bed.sendAll();
  expect(bed.server.recipients).toHaveLength(2);
  const [gone, lee] = await bed.rows();
  expect([gone?.outcome, lee?.outcome]).toEqual(["gave_up", "delivered"]);
  expect(gone?.error).toContain("550 5.1.1");
  expect(gone?.error).not.toContain("gone@");
});

test.each(["greeting", "data"] as const)(
  "a server that hangs (%s) holds a mail no longer than its limit",
  async (hangs) => {
    await bed.placed();
    bed.server.hangs = hangs;
    await (await bed.delivery({ sendMs: 3_000 })).sendDue();
    expect(await bed.rows()).toMatchObject([{ tries: 1, error: "the mail server took too long" }]);
    bed.server.hangs = undefined;
    bed.aheadMs = 61_000;
    await bed.sendAll();
    // SMTP leaves open whether the mail was accepted: a duplicate has the same Message-ID
    const ids = bed.server.received.map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(hangs === "data" ? 2 : 1);
  },
);

test("a process killed between sending and recording sends the same mail again after its claim ends", async () => {
  const { orderId } = await bed.placed();
  const end = () => Promise.reject(new Error("killed"));
  const killed = await bed.delivery({
    queue: { ...postgresQueue(bed.db), end },
    onFault: () => {},
  });
  await killed.sendDue();
  await bed.sendAll();
  expect(bed.server.received).toHaveLength(1);
  bed.aheadMs = claimMs + 1_000;
  await bed.sendAll();
  const id = `<${orderId}.1.1@shop.kr>`;
  expect(bed.server.received.map(({ messageId }) => messageId)).toEqual([id, id]);
  expect(await bed.rows()).toMatchObject([{ outcome: "delivered" }]);
});

test("a customer's name cannot inject a header or an address", async () => {
  const names = ['"Kim" <evil@example.com>, x', "김\r\nBcc: evil@example.com", "a, b; c: d"];
  for (const name of names) await bed.placed("kim@example.com", name);
  await bed.sendAll();
  expect(bed.server.recipients).toEqual(names.map(() => "kim@example.com"));
  for (const { data } of bed.server.received) {
    // unfolds long headers
    const head = (data.split("\r\n\r\n")[0] ?? "").replaceAll(/\r\n[ \t]/g, " ");
    expect(head).not.toMatch(/^bcc:/im);
    expect(head.match(/^to:/gim)).toHaveLength(1);
    const [, to = ""] = /^To: (.*)$/m.exec(head) ?? [];
    expect(to.trim()).toMatch(/<kim@example\.com>$/);
    // the name is a quoted string or encoded words before the address
    expect(to.trim()).toMatch(/^("(?:[^"\\]|\\.)*"|(?:=\?[^?]+\?[BQ]\?[^?]*\?= ?)+) ?<[^<>]+>$/i);
  }
});

test("mails of erased customers and outdated mails are not sent", async () => {
  const order = await bed.placed();
  const mails = postgresDeliveries(bed.db);
  await mails.eraseMails(order.orderId);
  expect(await bed.rows()).toEqual([]);
  await bed
    .placed("erased@example.com")
    .then(({ orderId }) =>
      decideAndSave(
        { orderId, cause: "test", decide: (loaded) => Order.erase(loaded) },
        bed.deps(),
      ),
    );
  await bed.placed("old@example.com");
  await sql`update mails set since = now() - interval '3 days 1 minute'
    where order_id in (select id from orders where customer_email = 'old@example.com')`.execute(
    bed.db,
  );
  const serverState = async () =>
    (await sql`select failures, last_success_at from delivery_targets`.execute(bed.db)).rows;
  const before = await serverState();
  await bed.sendAll();
  expect(bed.server.received).toEqual([]);
  expect(await bed.rows()).toMatchObject([
    { outcome: "gave_up" },
    { outcome: "gave_up", tries: 0 },
  ]);
  // a mail without a recipient says nothing about the server
  expect(await serverState()).toEqual(before);
});

test("a mail that became outdated while its server failed is recorded as failed", async () => {
  await bed.placed();
  await sql`update mails set since = now() - interval '3 days 1 minute'`.execute(bed.db);
  await sql`update delivery_targets set failing_since = now() - interval '3 days'`.execute(bed.db);
  await bed.sendAll();
  expect(bed.server.received).toEqual([]);
  expect(await bed.rows()).toMatchObject([{ outcome: "gave_up", tries: 1 }]);
});

test("mails are listed by page, and a resent mail is sent once more with the same Message-ID", async () => {
  for (let count = 0; count < 5; count++) await bed.placed(`kim${count}@example.com`);
  await bed.sendAll();
  const mails = postgresDeliveries(bed.db);
  const first = await mails.list(mailServer, { limit: 3 });
  const second = await mails.list(mailServer, { limit: 3, after: first.next ?? "" });
  expect([first.rows.length, second.rows.length, second.next]).toEqual([3, 2, null]);
  const ids = [...first.rows, ...second.rows].map(({ orderId }) => orderId);
  expect(new Set(ids).size).toBe(5);
  const [newest] = first.rows;
  if (newest === undefined) throw new Error("no mail");
  // an invalid cursor starts at the first page
  const madeUp = Buffer.from(`no time ${newest.orderId} 1 1`).toString("base64url");
  expect(await mails.list(mailServer, { limit: 3, after: madeUp })).toEqual(first);
  const ofOrder = await mails.list(mailServer, { orderId: newest.orderId, limit: 3 });
  expect(ofOrder.rows).toHaveLength(1);
  expect(await mails.resend(mailServer, newest.id)).toBe(true);
  await bed.sendAll();
  const again = bed.server.received.filter(({ messageId }) => messageId.includes(newest.orderId));
  expect(again).toHaveLength(2);
  expect(await mails.resend(mailServer, `${Bun.randomUUIDv7()}.1.1`)).toBe(false);
});
