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

test("each change of an order is written about once, and its mails leave in their order", async () => {
  const order = await bed.follow(await bed.follow(await bed.placed(), "done"), "refunded");
  // the same snapshot once more is no change
  await bed.follow({ ...order, payment: null }, "refunded");
  expect((await bed.rows()).map(({ kind }) => kind)).toEqual(["placed", "paid", "refunded"]);
  await Promise.all([bed.sendAll(), bed.sendAll(), bed.sendAll()]);
  // each of them passed over what another one was claiming
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

test("a server that is down costs a try and a wait, and gets every mail once it is back", async () => {
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

test("a mail that is put off (451) is sent later, before the next one of its order; others don't wait", async () => {
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

test("an address that is refused for good (550) is not tried again, and named in no record", async () => {
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
    await (await bed.delivery({ sendMs: 300 })).sendDue();
    expect(await bed.rows()).toMatchObject([{ tries: 1, error: "the mail server took too long" }]);
    bed.server.hangs = undefined;
    bed.aheadMs = 61_000;
    await bed.sendAll();
    // SMTP can't tell whether it was taken: it may come twice, as the same mail
    const ids = bed.server.received.map(({ messageId }) => messageId);
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(hangs === "data" ? 2 : 1);
  },
);

test("a process killed between sending and its record sends the same mail again once its claim is over", async () => {
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

test("no name makes a header or an address of its own", async () => {
  const names = ['"Kim" <evil@example.com>, x', "김\r\nBcc: evil@example.com", "a, b; c: d"];
  for (const name of names) await bed.placed("kim@example.com", name);
  await bed.sendAll();
  expect(bed.server.recipients).toEqual(names.map(() => "kim@example.com"));
  for (const { data } of bed.server.received) {
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
  const howServerDoes = async () =>
    (await sql`select failures, last_success_at from delivery_targets`.execute(bed.db)).rows;
  const before = await howServerDoes();
  await bed.sendAll();
  expect(bed.server.received).toEqual([]);
  expect(await bed.rows()).toMatchObject([
    { outcome: "gave_up" },
    { outcome: "gave_up", tries: 0 },
  ]);
  // nothing was learnt of the server by a mail that is about nobody
  expect(await howServerDoes()).toEqual(before);
});

test("a mail that grew too old while its server failed is shown as one that failed", async () => {
  await bed.placed();
  await sql`update mails set since = now() - interval '3 days 1 minute'`.execute(bed.db);
  await sql`update delivery_targets set failing_since = now() - interval '3 days'`.execute(bed.db);
  await bed.sendAll();
  expect(bed.server.received).toEqual([]);
  expect(await bed.rows()).toMatchObject([{ outcome: "gave_up", tries: 1 }]);
});

test("operators list mails by page, and one that is sent again is sent once more as the same mail", async () => {
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
  // a place that somebody made up begins anew
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
