import type postgres from "postgres";
import { steadily } from "./steadily.ts";

export type ServiceName = "order" | "payment";

/** An outbox row; `Losses` keeps the rows that a restore removed. */
export type WrittenEvent = {
  eventId: string;
  orderId: string;
  version: number;
  topic: string;
  payload: string;
  headers: Record<string, string>;
  isWaiting: boolean;
};

/** The data that restores of the databases have lost; only the auditor still knows it. */
export type Losses = {
  /** Orders that order's database lost, with their amounts in won. */
  readonly orders: Map<string, number>;
  /** Orders whose payment lost a version or its whole row. */
  readonly payments: Set<string>;
  readonly events: Record<ServiceName, WrittenEvent[]>;
  /** All events of payment before each restore, those that it lost among them. */
  readonly paymentBefore: WrittenEvent[];
  /** Ids of messages that had taken effect before the restore. */
  readonly taken: Record<ServiceName, string[]>;
  /** Resolves when no restore is running, so that all losses are known. */
  known(): Promise<void>;
  /** Restores a database and records the lost data. Nothing else may write to the database meanwhile. */
  record(service: ServiceName, sql: postgres.Sql, putBack: () => Promise<void>): Promise<void>;
};

export function openLosses(): Losses {
  let recording = Promise.resolve();
  const losses: Losses = {
    orders: new Map(),
    payments: new Set(),
    events: { order: [], payment: [] },
    paymentBefore: [],
    taken: { order: [], payment: [] },
    known: () => recording,
    record(service, sql, putBack) {
      recording = compare(service, sql, putBack);
      return recording;
    },
  };

  async function compare(
    service: ServiceName,
    sql: postgres.Sql,
    putBack: () => Promise<void>,
  ): Promise<void> {
    const before = await readAll(service, sql);
    await putBack();
    const after = await readAll(service, sql);
    for (const [id, { version, amount }] of before.rows) {
      const isGone = !after.rows.has(id);
      if (service === "order" && isGone) losses.orders.set(id, amount);
      if (service === "payment" && after.rows.get(id)?.version !== version) losses.payments.add(id);
    }
    const isKept = new Set(after.events.map(({ eventId }) => eventId));
    losses.events[service].push(...before.events.filter(({ eventId }) => !isKept.has(eventId)));
    if (service === "payment") losses.paymentBefore.push(...before.events);
    losses.taken[service].push(...before.taken);
  }
  return losses;
}

async function readAll(service: ServiceName, sql: postgres.Sql) {
  const table = sql(`${service}s`);
  const rows = await steadily(
    () => sql<{ id: string; version: number; amount: number }[]>`
      select id, version, amount_krw::int as amount from ${table}`,
  );
  return {
    rows: new Map(rows.map((row) => [row.id, row])),
    events: await writtenEvents(service, sql),
    taken: await takenMessages(sql),
  };
}

export async function writtenEvents(
  service: ServiceName,
  sql: postgres.Sql,
): Promise<WrittenEvent[]> {
  type Row = Omit<WrittenEvent, "headers"> & { trace: string | null; at: Date };
  const rows = await steadily(
    () => sql<Row[]>`
      select event_id as "eventId", aggregate_id as "orderId", version, topic, payload, trace, created_at as at,
        is_waiting as "isWaiting" from outbox order by aggregate_id, version`,
  );
  return rows.map(({ trace, at, ...event }) => ({
    ...event,
    headers: {
      ce_specversion: "1.0",
      ce_id: event.eventId,
      ce_type: event.topic,
      ce_source: `/payflow/${service}`,
      ce_subject: event.orderId,
      ce_time: at.toISOString(),
      ce_dataschema: `urn:payflow:event:${event.topic}`,
      "content-type": "application/json",
      ...(trace === null ? {} : { traceparent: trace }),
    },
  }));
}

export async function takenMessages(sql: postgres.Sql): Promise<string[]> {
  const rows = await steadily(() => sql<{ id: string }[]>`select message_id as id from inbox`);
  return rows.map((row) => row.id);
}

/** Counts of lost orders, payments and events, and of rebuilt payments. */
export async function lossFigures({
  losses,
  pools,
}: {
  readonly losses: Losses;
  readonly pools: Readonly<Record<ServiceName, postgres.Sql>>;
}) {
  const [rebuilt] = await steadily(
    () => pools.payment<{ count: number }[]>`
      select count(*)::int as count from history where cause in ('recoverPayment', 'learnPayment')`,
  );
  return {
    ordersForgotten: losses.orders.size,
    paymentsPutBack: losses.payments.size,
    paymentsRebuilt: rebuilt?.count ?? 0,
    eventsForgotten: losses.events.order.length + losses.events.payment.length,
  };
}
