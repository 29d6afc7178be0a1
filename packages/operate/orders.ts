// Orders as operators see them: whole, with the customer's name. Only reads.
import { sql, type RawBuilder } from "kysely";
import {
  listed,
  shown,
  UsageError,
  UserError,
  wholeNumber,
  type Output,
  type ReadWords,
} from "@payflow/local-stack";
import { afterUuid, isUuid, listHistory } from "@payflow/outbox";
import { idsBetween } from "@payflow/order/operate";
import { csvLine, csvMark, inOrder, koreanTimeOf, orderNumberOf } from "@payflow/shared";
import { withPlaces, type Places } from "./places.ts";
import { timeOption } from "./time_option.ts";

type Row = Readonly<Record<string, unknown>>;
export type ListedOrder = Readonly<
  Record<
    | "orderId"
    | "orderNumber"
    | "status"
    | "orderName"
    | "customerName"
    | "customerEmail"
    | "createdAt"
    | "confirmedAt",
    string | null
  >
> & { readonly amount: number; readonly refundedAmount: number };

const fields = sql`id as "orderId", order_number as "orderNumber", status, order_name as "orderName", amount_krw::double precision as amount,
  refunded_amount_krw::double precision as "refundedAmount", nullif(customer_name, '') as "customerName",
  nullif(customer_email, '') as "customerEmail", created_at as "createdAt", confirmed_at as "confirmedAt"`;

/** Orders of a filter, newest first. */
export const listOrders = withPlaces(async ({ values }, places) => {
  const limit = wholeNumber("limit", values["limit"] ?? "", { max: 10_000 });
  return listed(await page(places, filterOf(values), { limit }), "No such order.");
});

/** All orders of a filter, page by page: as CSV, or as JSON lines. */
export const exportOrders = withPlaces(async ({ values, flags }, places, io) => {
  if (flags["csv"] && flags["jsonl"]) throw new UsageError("--csv and --jsonl exclude each other");
  const filter = filterOf(values);
  if (!flags["jsonl"]) await io.print(csvMark + csvLine(Object.values(heads)));
  const write = flags["jsonl"]
    ? (order: ListedOrder) => `${JSON.stringify(order)}\n`
    : (order: ListedOrder) => csvLine(cells(order));
  let after: string | undefined;
  for (;;) {
    const rows = await page(places, filter, { limit: exportedAtOnce, after });
    if (rows.length > 0) await io.print(rows.map(write).join(""));
    if (rows.length < exportedAtOnce) return;
    after = String(rows.at(-1)?.orderId);
  }
});

const exportedAtOnce = 2_000;

const heads: Readonly<Record<keyof ListedOrder, string>> = {
  orderNumber: "주문번호",
  orderId: "주문 ID",
  createdAt: "주문일시",
  status: "상태",
  orderName: "주문명",
  amount: "금액",
  refundedAmount: "환불액",
  customerName: "이름",
  customerEmail: "이메일",
  confirmedAt: "결제일시",
};

const cells = (order: ListedOrder) =>
  Object.keys(heads).map((name) => {
    const value = order[name as keyof ListedOrder];
    return name.endsWith("At") && typeof value === "string" ? koreanTimeOf(value) : value;
  });

async function page(
  { databases }: Places,
  filter: RawBuilder<unknown>,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): Promise<ListedOrder[]> {
  const older = after === undefined ? sql`true` : sql`id < ${afterUuid(after)}::uuid`;
  const { rows } = await sql<ListedOrder>`
    select ${fields} from orders where ${filter} and ${older} order by orders.id desc limit ${limit}`.execute(
    databases.order,
  );
  return rows;
}

function filterOf({ status, since, email }: ReadWords["values"]): RawBuilder<unknown> {
  const conditions = [sql`true`];
  if (status !== undefined) conditions.push(sql`status = ${status}`);
  if (email !== undefined)
    conditions.push(
      sql`customer_email <> '' and lower(customer_email) collate "C" = lower(${email})`,
    );
  // ids sort by the time of placing
  if (since !== undefined) {
    const { from } = idsBetween(Date.parse(timeOption("since", since)), undefined);
    conditions.push(sql`id >= ${from}::uuid`);
  }
  return sql.join(conditions, sql` and `);
}

/** An order with its payment, money and history in both services. */
export const showOrder = withPlaces(async ({ words: [word = ""] }, places) => {
  const { order: orders, payment: payments } = places.databases;
  const orderId = await idOf(word, orders);
  const [order, payment, ledger, own, theirs] = await Promise.all([
    sql<Row>`select ${fields}, items, expires_at as "expiresAt", version from orders
      where id = ${orderId}::uuid`.execute(orders),
    sql<Row>`select status, version, (kept->>'balanceAmount')::double precision as "heldAmount", attempts, refunds,
      failure, next_at as "nextQueryAt" from payments where id = ${orderId}::uuid`.execute(
      payments,
    ),
    sql<Row>`select occurred_at as "occurredAt", kind, amount_krw::double precision as amount, method,
      card->>'number' as "cardNumber", card->>'approvalNumber' as "approvalNumber", transaction_key as "transactionKey",
      payment_key as "paymentKey", receipt_url as "receiptUrl" from ledger_entries
      where order_id = ${orderId}::uuid order by version, position`.execute(payments),
    listHistory(orders, orderId),
    listHistory(payments, orderId),
  ]);
  const found = {
    order: order.rows[0] ?? null,
    payment: payment.rows[0] ?? null,
    ledger: ledger.rows,
    history: inOrder(
      own.map((entry) => ({ part: "order", ...entry })),
      theirs.map((entry) => ({ part: "payment", ...entry })),
    ),
  };
  if (found.order === null && found.payment === null) notFound(orderId);
  return { json: found, text: asText(found) };
});

/** The id of the order that a word names by its id or its number. */
async function idOf(word: string, orders: Places["databases"]["order"]): Promise<string> {
  const orderId = word.toLowerCase();
  if (isUuid(orderId)) return orderId;
  const number = orderNumberOf(word);
  if (number === undefined) throw new UsageError(`"${word}" is not an order's number or id`);
  const { rows } = await sql<{ id: string }>`
    select id from orders where order_number = ${number}`.execute(orders);
  return rows[0]?.id ?? notFound(number);
}

function notFound(order: string): never {
  throw new UserError(`There is no order "${order}": bun run payflow orders list shows them.`);
}

type Found = {
  readonly order: Row | null;
  readonly payment: Row | null;
  readonly ledger: readonly Row[];
  readonly history: readonly (Row & {
    readonly events: readonly { readonly eventType: string }[];
  })[];
};

function asText({ order, payment, ledger, history }: Found): string {
  const { items, ...plain } = order ?? {};
  const lines = (items ?? []) as readonly { name: string; quantity: number; unitPrice: number }[];
  const { attempts = [], refunds = [], ...paid } = payment ?? {};
  const kept = ledger.reduce((sum, { amount }) => sum + Number(amount), 0);
  const timeline = history.map(({ at, part, status, cause, actor, reason, events, detail }) => ({
    at,
    part,
    status,
    cause,
    actor,
    reason,
    events: events.map(({ eventType }) => eventType).join(", ") || null,
    detail: detail == null ? null : JSON.stringify(detail).slice(0, 120),
  }));
  return [
    ["Order", order ? shown(plain) : none("It is not in order's database.")],
    ...(lines.length > 0 ? ([["Items", listed(lines)]] as const) : []),
    ["Payment", payment ? shown(paid) : none("Nobody has tried to pay yet.")],
    ...(payment ? ([["Tries to pay", listed(triesOf(attempts))]] as const) : []),
    ...(payment ? ([["Refunds", listed(refundsOf(refunds))]] as const) : []),
    [`Money (kept: ₩${kept.toLocaleString("en-US")})`, listed(ledger, "Nothing has moved.")],
    ["History", listed(timeline)],
  ]
    .map(([title, output]) => `${title as string}\n${(output as Output).text}`)
    .join("\n\n");
}

const none = (text: string): Output => ({ json: null, text });

const triesOf = (attempts: unknown) =>
  (attempts as Row[]).map(({ paymentKey, status, checks, nextAt, failure }) => {
    const { code = null } = (failure ?? {}) as { code?: string };
    return { paymentKey, status, queries: checks, nextQueryAt: nextAt, lastResponse: code };
  });

const refundsOf = (refunds: unknown) =>
  (refunds as Row[]).map(({ key, amount, status, reason }) => ({ key, amount, status, reason }));
