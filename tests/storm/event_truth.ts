import type postgres from "postgres";
import { OrderEvent, PaymentEvent, type OrderEventType } from "@payflow/shared";
import { steadily } from "./steadily.ts";
import type { StormStack } from "./storm_stack.ts";
import type { Blame } from "./violation.ts";

type OutboxRow = {
  aggregate_id: string;
  version: number;
  event_id: string;
  topic: string;
  payload: Record<string, unknown>;
};

type HistoryRow = {
  aggregate_id: string;
  version: number;
  status: string;
  detail: { paymentVersion?: number } | null;
};

type OrderRow = {
  id: string;
  name: string;
  amount: number;
  items: unknown;
  expiresAt: Date;
};

/** The refunded amount in a payment event, by payment version. */
type Snapshot = { paymentVersion: number; refunded: number };

/**
 * Compares each event with histories and rows: an order has exactly the events for its changes of status and refunded
 * amount, with these amounts; a payment's event has the content of its version.
 */
export async function auditEvents(
  { pools, losses }: Pick<StormStack, "pools" | "losses">,
  blame: Blame,
): Promise<void> {
  const { order, payment } = pools;
  const outbox = (sql: postgres.Sql) =>
    steadily(
      () => sql<OutboxRow[]>`
        select aggregate_id, version, event_id, topic, payload::json as payload from outbox order by aggregate_id, version`,
    );
  const history = (sql: postgres.Sql) =>
    steadily(
      () => sql<HistoryRow[]>`
        select aggregate_id, version, status, detail from history order by aggregate_id, version`,
    );
  const orders = await steadily(
    () => order<OrderRow[]>`
      select id, order_name as name, amount_krw::int as amount, items, expires_at as "expiresAt" from orders`,
  );
  const paymentEvents = await outbox(payment);
  const rows = new Map(orders.map((row) => [row.id, row]));
  auditPaymentEvents(paymentEvents, await history(payment), rows, blame);

  const snapshots = snapshotsByOrder(paymentEvents.map(({ payload }) => payload));
  const earlier = snapshotsByOrder(losses.paymentBefore.map(({ payload }) => JSON.parse(payload)));
  const published = Map.groupBy(await outbox(order), (row) => row.aggregate_id);
  const histories = Map.groupBy(await history(order), (row) => row.aggregate_id);
  for (const row of orders)
    auditOrderEvents(
      {
        row,
        history: histories.get(row.id) ?? [],
        published: published.get(row.id) ?? [],
        snapshots: [snapshots.get(row.id) ?? [], earlier.get(row.id) ?? []],
      },
      blame,
    );
}

/** Written again on purpose: the audit must not use the code that it checks. */
const announcedBy: Readonly<Record<string, OrderEventType>> = {
  CONFIRMED: "OrderConfirmed",
  CANCELED: "OrderCanceled",
  EXPIRED: "OrderExpired",
  PARTIALLY_REFUNDED: "OrderRefunded",
  REFUNDED: "OrderRefunded",
};

function auditOrderEvents(
  order: {
    readonly row: OrderRow;
    readonly published: readonly OutboxRow[];
    readonly history: readonly HistoryRow[];
    /** By version: current snapshots, and those of before a restore of payment, whose versions it uses again. */
    readonly snapshots: readonly (readonly Snapshot[])[];
  },
  blame: Blame,
): void {
  const { row, history, snapshots } = order;
  const byVersion = Map.groupBy(order.published, (event) => event.version);
  let before = { status: "", refunded: 0, paymentVersion: 0 };
  for (const { version, status, detail } of history) {
    const paymentVersion = Math.max(before.paymentVersion, detail?.paymentVersion ?? 0);
    const events = byVersion.get(version) ?? [];
    // two candidates after a restore: order may have received either event
    const sums = snapshots.flatMap(
      (list) => list.findLast((each) => each.paymentVersion <= paymentVersion)?.refunded ?? [],
    );
    const stated = events[0]?.payload["refundedAmount"] ?? before.refunded;
    const sum = sums.find((each) => each === stated) ?? sums[0] ?? 0;
    const refunded = isRefunded(status) ? sum : 0;
    const isNews = before.status !== status || before.refunded !== refunded;
    const wanted = version === 1 ? "OrderCreated" : isNews ? announcedBy[status] : undefined;
    const topics = events.map(({ topic }) => topic).join(" and ");
    if (topics !== (wanted ?? ""))
      blame(`events: ${topics || "nothing"} instead of ${wanted ?? "nothing"}`, row.id);
    for (const event of events) auditOrderEvent(event, row, refunded, blame);
    before = { status, refunded, paymentVersion };
  }
}

function snapshotsByOrder(
  payloads: readonly Record<string, unknown>[],
): ReadonlyMap<string, readonly Snapshot[]> {
  const snapshots = payloads.map(({ orderId, ...payload }) => ({
    orderId: String(orderId),
    paymentVersion: Number(payload["paymentVersion"]),
    refunded: Number(payload["refundedAmount"]),
  }));
  return Map.groupBy(snapshots, (snapshot) => snapshot.orderId);
}

function auditOrderEvent(event: OutboxRow, row: OrderRow, refunded: number, blame: Blame): void {
  const { topic, payload, event_id } = event;
  const parsed = OrderEvent["~standard"].validate(payload);
  if (!("value" in parsed)) {
    blame(`events: ${topic} lacks required content`, row.id);
    return;
  }
  const valid = parsed.value;
  const isWell =
    valid.eventId === event_id &&
    valid.eventType === topic &&
    valid.orderId === row.id &&
    valid.amount === row.amount &&
    (valid.eventType === "OrderCreated"
      ? valid.orderName === row.name &&
        Date.parse(valid.expiresAt) === row.expiresAt.getTime() &&
        Bun.deepEquals(valid.items, row.items)
      : valid.refundedAmount === refunded);
  if (!isWell) blame(`events: ${topic} has false content`, row.id);
}

function auditPaymentEvents(
  events: readonly OutboxRow[],
  history: readonly HistoryRow[],
  orders: ReadonlyMap<string, OrderRow>,
  blame: Blame,
): void {
  const place = (row: { aggregate_id: string; version: number }) =>
    `${row.aggregate_id}/${row.version}`;
  const statuses = new Map(history.map((row) => [place(row), row.status]));
  for (const event of events) {
    const { aggregate_id: orderId, version, topic, payload } = event;
    const parsed = PaymentEvent["~standard"].validate(payload);
    if (!("value" in parsed)) {
      blame(`events: ${topic} lacks required content`, orderId);
      continue;
    }
    const valid = parsed.value;
    const isWell =
      valid.eventId === event.event_id &&
      valid.eventType === topic &&
      valid.orderId === orderId &&
      valid.paymentVersion === version &&
      valid.status === statuses.get(place(event)) &&
      valid.amount === (orders.get(orderId)?.amount ?? valid.amount) &&
      (valid.approvedAt === null
        ? valid.balanceAmount + valid.refundedAmount === 0
        : valid.balanceAmount + valid.refundedAmount === valid.amount);
    if (!isWell) blame(`events: ${topic} has false content`, orderId);
  }
}

function isRefunded(status: string): boolean {
  return status === "PARTIALLY_REFUNDED" || status === "REFUNDED";
}
