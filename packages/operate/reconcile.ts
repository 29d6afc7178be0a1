import { sql } from "kysely";
import { listed, shown, UsageError, UserError, type Io, type Output } from "@payflow/local-stack";
import { pause } from "@payflow/database";
import { requestReconciliation } from "@payflow/ledger";
import { dismissOrphan, orphanedPayments } from "@payflow/order/operate";
import { withReason } from "@payflow/outbox";
import {
  dismiss,
  findReconciliation,
  listDifferences,
  listOpenEnds,
  listUnclaimedMoney,
  resolveExceptions,
  wakePayment,
  type OpenEnd,
} from "@payflow/payment/operate";
import { isKoreanDay } from "@payflow/shared";
import type { ListedException } from "@payflow/back-office";
import { idInDatabase } from "./order_word.ts";
import { withPlaces, type Places } from "./places.ts";

type Row = Record<string, unknown>;

/** How long to wait for the running payment service to query Toss. */
const queryWithinMs = 20_000;
/** The payment service checks for requests every five seconds, and Toss may take a minute to list a day. */
const compareWithinMs = 75_000;

/** Lists open outcomes and differences from Toss's list, compares a day, or resolves a difference with a reason. */
export const reconcile = withPlaces(
  async ({ words: [word], values: { day, resolve } }, places, io) => {
    if (day !== undefined && !isKoreanDay(day))
      throw new UsageError(`"${day}" is not a date: write it as 2026-11-25`);
    if (resolve !== undefined) {
      if (day === undefined || word === undefined || resolve.trim() === "")
        throw new UsageError("--resolve needs --day, a reason and a paymentKey");
      return await resolveDay(places, { day, reason: resolve.trim(), paymentKey: word });
    }
    if (day !== undefined) {
      if (word !== undefined) throw new UsageError("--day and an order exclude each other");
      return await reconcileDay(places, day, io);
    }
    return word === undefined ? listed(await listOpen(places)) : await reconcileOne(word, places);
  },
);

/** Makes payment query Toss about one order now, and shows the result. */
export const queryPayment = withPlaces(
  async ({ words: [word = ""] }, places) => await reconcileOne(word, places),
);

/** Ends what an operator resolved outside PayFlow, with a reason. */
export const dismissPayment = withPlaces(
  async ({ words: [word = ""], values: { reason = "" } }, places) => {
    if (reason.trim() === "") throw new UsageError("--reason needs a text");
    const orderId = await idInDatabase(word, places.databases.order);
    const { order, payment } = places.databases;
    const work = async () => [await dismissOrphan(order, orderId), await dismiss(payment, orderId)];
    const isDismissed = (await withReason(reason.trim(), work)).includes(true);
    return shown({ orderId, isDismissed });
  },
);

/** Throws UserError when the payment service has not queried Toss within `withinMs`. */
export async function reconcileOne(
  word: string,
  places: Places,
  withinMs = queryWithinMs,
): Promise<Output> {
  const orderId = await idInDatabase(word, places.databases.order);
  const woken = await wakePayment(places.databases.payment, orderId);
  if (woken === undefined) throw new UserError(`There is no payment for order "${orderId}".`);
  const giveUpAtMs = performance.now() + withinMs;
  let { isDue, ...found } = await compare(orderId, places);
  while (woken.isDue && isDue && performance.now() < giveUpAtMs) {
    await pause(250);
    ({ isDue, ...found } = await compare(orderId, places));
  }
  if (woken.isDue && isDue)
    throw new UserError(
      `The query of order "${orderId}" is requested but not done yet: it needs a running payment service.`,
    );
  return shown(found);
}

async function listOpen(places: Places): Promise<Row[]> {
  const ends = (await listOpenEnds(places.databases.payment)).map(openEndRow);
  const differences = (await listDifferences(places.databases.payment)).map(differenceRow);
  return [...(await listWithoutOrder(places)), ...differences, ...ends];
}

function openEndRow(end: OpenEnd): Row {
  const { orderId, paymentStatus, kind, key, status, response, checks, nextAt } = end;
  const waitsFor = [end.needsReview && "manual review", end.lacksAccount && "an account"];
  return {
    orderId,
    paymentStatus,
    kind,
    key,
    status,
    lastResponse: response ?? "-",
    queries: checks,
    nextQueryAt: nextAt,
    waitsFor: waitsFor.filter((what) => what !== false).join(", ") || "Toss",
  };
}

/** Makes the payment service compare a day, and shows the differences. */
async function reconcileDay(places: Places, day: string, io: Io): Promise<Output> {
  const db = places.databases.payment;
  if (!(await requestReconciliation(db, day)))
    throw new UsageError(`${day} has not begun in Korea yet`);
  io.note("The payment service compares the day with Toss's list; this may take a minute.");
  const giveUpAtMs = performance.now() + compareWithinMs;
  for (;;) {
    const done = await findReconciliation(db, day);
    if (done?.finishedAt != null) {
      const { matched, exceptions } = done;
      const differences = exceptions.filter((one) => one.resolvedAt === null).map(differenceRow);
      const { text } = listed(differences, `${day}: nothing differs, ${matched} movements match.`);
      return { json: { day, matched, differences }, text };
    }
    if (performance.now() > giveUpAtMs)
      throw new UserError(
        `The comparison of ${day} is requested but not done yet: it needs a running payment service and a response from Toss.`,
      );
    await pause(250);
  }
}

async function resolveDay(
  places: Places,
  { day, reason, paymentKey }: { day: string; reason: string; paymentKey: string },
): Promise<Output> {
  const resolved = await resolveExceptions(places.databases.payment, { day, paymentKey }, reason);
  if (resolved.length === 0)
    throw new UserError(`No difference on ${day} has the paymentKey "${paymentKey}".`);
  return listed(
    resolved.map(({ orderId }) => ({ orderId, key: paymentKey, resolvedReason: reason })),
  );
}

const meanings = {
  missing_here: "only Toss lists it",
  missing_there: "only the ledger has it",
  differs: "another sum",
};

function differenceRow(one: ListedException): Row {
  const { orderId, day, paymentKey, kind, listed: atToss, booked, paymentStatus } = one;
  return {
    orderId,
    paymentStatus: paymentStatus ?? "none",
    kind: `ledger of ${day}`,
    key: paymentKey,
    status: meanings[kind],
    lastResponse: `Toss ₩${atToss ?? "-"}, ledger ₩${booked ?? "-"}`,
    queries: 0,
    nextQueryAt: null,
    waitsFor: "manual review",
  };
}

/** Money at Toss for orders that a restored database lacks. */
async function listWithoutOrder({ databases }: Places): Promise<Row[]> {
  const [orphans, unclaimed] = await Promise.all([
    sql<{ orderId: string; paymentStatus: string; amount: number }>`
      select order_id as "orderId", payment->>'status' as "paymentStatus",
        (payment->>'balanceAmount')::bigint as amount
      from ${orphanedPayments} order by found_at limit 200`.execute(databases.order),
    listUnclaimedMoney(databases.payment),
  ]);
  const rows = [
    ...orphans.rows.map((one) => ({ ...one, paymentKey: "-" })),
    ...unclaimed.map((one) => ({ ...one, paymentStatus: "none" })),
  ];
  return rows.map(({ orderId, paymentStatus, paymentKey, amount }) => ({
    orderId,
    paymentStatus,
    kind: "money without an order",
    key: paymentKey,
    status: `₩${amount}`,
    lastResponse: "-",
    queries: 0,
    nextQueryAt: null,
    waitsFor: "manual review",
  }));
}

async function compare(
  orderId: string,
  places: Places,
): Promise<Row & { readonly isDue: boolean }> {
  const payment = await sql<Row>`
    select status, version, (kept->>'balanceAmount')::double precision as held, attempts, refunds,
      (select count(*)::integer from open_ends where order_id = ${orderId}) as open,
      coalesce(next_at <= now(), false) as "isDue"
    from payments where id = ${orderId}`.execute(places.databases.payment);
  const order = await sql<Row>`
    select status, (payment->>'paymentVersion')::integer as applied from orders where id = ${orderId}`.execute(
    places.databases.order,
  );
  const { attempts, refunds, open, isDue } = payment.rows[0] as {
    isDue: boolean;
    attempts: { paymentKey: string; status: string }[];
    refunds: { key: string; status: string; amount: number }[];
    open: number;
  };
  return {
    orderId,
    orderStatus: order.rows[0]?.["status"] ?? null,
    paymentStatus: payment.rows[0]?.["status"],
    paymentVersion: payment.rows[0]?.["version"],
    appliedVersion: order.rows[0]?.["applied"] ?? null,
    heldAmount: payment.rows[0]?.["held"] ?? null,
    attempts: attempts.map((attempt) => `${attempt.paymentKey} ${attempt.status}`).join(", "),
    refunds: refunds.map((refund) => `${refund.key} ${refund.amount} ${refund.status}`).join(", "),
    open,
    isDue,
  };
}
