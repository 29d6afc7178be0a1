import { sql } from "kysely";
import type { ComposeMail } from "@payflow/notifications";
import {
  createDelivery,
  postgresQueue,
  smtpSender,
  testSmtpServer,
} from "@payflow/notifications/testing";
import { migrate, openDatabase } from "@payflow/database";
import { plusMs, type OrderMail } from "@payflow/shared";
import { testDatabase } from "@payflow/local-stack/testing";
import { decideAndSave } from "../application/decide.ts";
import { placeOrder } from "../application/place_order.ts";
import type { OrderDeps } from "../application/ports.ts";
import { createTailLength } from "../application/tail_length.ts";
import { Order } from "../domain/order.ts";
import { orderMigrations } from "../infrastructure/migrations.ts";
import { postgresOrders } from "../infrastructure/postgres_orders.ts";
import { products, snapshots } from "./given.ts";

type Options = Partial<Parameters<typeof createDelivery>[0]> & { sendMs?: number; url?: string };

export type MailBed = Awaited<ReturnType<typeof openMailBed>>;

/** Orders and their mails on a database and a mail server, with a clock that tests move. */
export async function openMailBed() {
  const database = await testDatabase(
    async (url) => migrate(url, await orderMigrations()),
    "order",
  );
  const { kysely: db, close } = openDatabase({ url: database.url, applicationName: "mails-test" });
  const newId = () => Bun.randomUUIDv7();
  const now = () => plusMs(new Date().toISOString(), bed.aheadMs);
  const orders = () => postgresOrders(db, { newId, now, onSaved: () => {}, onChanged: () => {} });
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

  async function placed(
    customerEmail = "kim@example.com",
    customerName = "김토스",
  ): Promise<Order> {
    const what = { items: [{ productId: "keycaps", quantity: 1 }] };
    const command = { ...what, customerName, customerEmail, sessionId: newId(), claim: undefined };
    return (await placeOrder(command, deps())).order;
  }

  /** Applies the named snapshot to the order. */
  async function follow(order: Order, name: keyof typeof snapshots): Promise<Order> {
    const { orderId, amount } = order;
    const paymentVersion = (order.payment?.paymentVersion ?? 0) + 1;
    const snapshot = { ...snapshots[name], orderId, amount, paymentVersion };
    const decide = (loaded: Order) => Order.applyPayment(loaded, snapshot, { now: now(), newId });
    return await decideAndSave({ orderId, cause: "test", decide }, deps());
  }

  async function delivery({ sendMs = 60_000, url = bed.server.url, ...more }: Options = {}) {
    const compose: ComposeMail = async ({ orderId, facts }) => {
      const { customerName: name = "", customerEmail: address = "" } =
        (await orders().find(orderId)) ?? {};
      if (name === "") return undefined;
      const subject = `[상점] ${facts?.kind} ${name}`;
      return { to: { name, address }, subject, text: "안녕하세요", html: "<p>안녕하세요</p>" };
    };
    const from = "상점 <help@shop.kr>";
    const run = createDelivery({
      queue: postgresQueue(db),
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
      /** Sends the mails that are due now, and waits for them. */
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
      db,
    );
    return all;
  }

  const kindsOf = () =>
    bed.server.received.map(({ data }) => {
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

  const bed = {
    db,
    server: await testSmtpServer(),
    /** How far the clock is ahead, so that mails due later are due now. */
    aheadMs: 0,
    deps,
    placed,
    follow,
    delivery,
    sendAll,
    rows,
    kindsOf,
    /** Deletes all mails, starts another server and resets the clock. */
    async begin() {
      await bed.server.stop();
      bed.server = await testSmtpServer();
      bed.aheadMs = 0;
      await sql`delete from mails`.execute(db);
    },
    async close() {
      await bed.server.stop();
      await close();
      await database.drop();
    },
  };
  return bed;
}
