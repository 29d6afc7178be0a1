import type postgres from "postgres";
import { steadily } from "./steadily.ts";
import type { StormStack } from "./storm_stack.ts";
import { readTopics, type ReadMessage } from "./topics.ts";
import type { Blame, Violation } from "./violation.ts";

type Found = { rule: string; ids: string[] };

/** What the topics held when Kafka's disk was about to be lost. */
export type Wiped = readonly ReadMessage[];

/** Every event that was published is in its topic. Run it when no service reaches Kafka, before its disk is lost. */
export async function auditBeforeWipe(
  stack: StormStack,
  blame: Blame,
): Promise<Wiped> {
  const { order, payment } = stack.pools;
  const published = new Map([
    ...(await events(order)),
    ...(await events(payment)),
  ]);
  const messages = await readTopics(stack.kafka.brokers);
  const inTopics = new Set(messages.map(({ eventId }) => eventId));
  for (const [eventId, { orderId, publishedAt }] of published) {
    if (publishedAt !== null && !inTopics.has(eventId))
      blame("lost: an event is not in its topic", orderId);
  }
  return messages;
}

/**
 * Looks for what was written by halves: between aggregates, histories, outboxes, inboxes and topics. Accounts that wait
 * are asked about meanwhile, so what was written before the topics are read must be in them, and what is in them must
 * have been written before the outboxes are read again.
 */
export async function findTorn(
  stack: StormStack,
  wiped: Wiped,
): Promise<{ violations: Violation[]; figures: Record<string, number> }> {
  const { order, payment } = stack.pools;
  const before = new Map([
    ...(await events(order)),
    ...(await events(payment)),
  ]);
  const messages = await readTopics(stack.kafka.brokers);
  const found = [
    ...(await order<Found[]>`
      select 'torn: an order without OrderCreated, or with two' as rule, array_agg(id) as ids from (
        select o.id from orders o left join outbox e on e.aggregate_id = o.id and e.topic = 'OrderCreated'
        group by o.id having count(e.seq) <> 1) t
      union all
      select 'torn: an order became what no event tells', array_agg(distinct aggregate_id) from (
        select h.aggregate_id, h.version, h.status,
          lag(h.status) over (partition by h.aggregate_id order by h.version) as before from history h) h
      where h.status is distinct from h.before and h.before is not null
        and h.status in ('CONFIRMED', 'CANCELED', 'EXPIRED', 'PARTIALLY_REFUNDED', 'REFUNDED')
        and not exists (select 1 from outbox e where e.aggregate_id = h.aggregate_id and e.version = h.version)
      union all
      select 'doubled: an idempotency key has not one order', array_agg(aggregate_id) from (
        select coalesce(k.aggregate_id, o.id) as aggregate_id from idempotency_keys k
        full join orders o on o.id = k.aggregate_id
        group by 1 having count(k.key) <> 1 or count(o.id) <> 1) t
      union all
      select 'doubled: an idempotency key has several orders', array_agg(id) from (
        select unnest(array_agg(aggregate_id)) as id from idempotency_keys group by key
        having count(distinct aggregate_id) > 1) t`),
    ...(await payment<Found[]>`
      select 'torn: a payment became what no event tells' as rule, array_agg(distinct aggregate_id) as ids from (
        select h.aggregate_id, h.version, h.status,
          lag(h.status) over (partition by h.aggregate_id order by h.version) as before from history h) h
      where h.status is distinct from h.before and h.before is not null
        and h.status not in ('READY', 'IN_PROGRESS')
        and not exists (select 1 from outbox e where e.aggregate_id = h.aggregate_id and e.version = h.version)`),
    ...(await tornTables(order, "orders")),
    ...(await tornTables(payment, "payments")),
  ];

  const orderEvents = await events(order);
  const paymentEvents = await events(payment);
  const known = new Map([...orderEvents, ...paymentEvents]);
  const inTopics = new Set(messages.map((message) => message.eventId));
  const inWiped = new Set(wiped.map((message) => message.eventId));
  const lost: string[] = [];
  let wipedOnly = 0;
  for (const [eventId, event] of before) {
    // what waits for Kafka is looked at before the audit
    if (event.publishedAt === null || inTopics.has(eventId)) continue;
    if (inWiped.has(eventId)) wipedOnly += 1;
    else lost.push(event.orderId);
  }
  const all = [...wiped, ...messages];
  const strange = all.filter((message) => !isAsWritten(message, known));
  const settled = messages.filter(({ eventId }) => before.has(eventId));
  const untaken = await untilTaken(async () => [
    ...(await notIn(order, settled, paymentEvents)),
    ...(await notIn(payment, settled, orderEvents, ["OrderCreated"])),
  ]);
  const checks: [string, string[]][] = [
    ...found.map(({ rule, ids }): [string, string[]] => [rule, ids ?? []]),
    ["lost: an event is not in its topic", lost],
    [
      "torn: a message in a topic is not as an outbox has it",
      strange.map(({ key }) => key),
    ],
    ["lost: a message was not taken by its reader", untaken],
    [
      "order: a key's events lie in another order than they happened",
      [...disordered(wiped, known), ...disordered(messages, known)],
    ],
  ];
  return {
    violations: checks
      .filter(([, ids]) => ids.length > 0)
      .map(([rule, orderIds]) => ({ rule, orderIds })),
    figures: {
      events: known.size,
      messagesInTopics: messages.length,
      repeatedMessages: messages.length - inTopics.size,
      eventsLostWithKafkasDisk: wipedOnly,
    },
  };
}

async function tornTables(sql: postgres.Sql, table: string): Promise<Found[]> {
  const name = sql(table);
  return await sql<Found[]>`
    select ${`torn: ${table} and history differ`}::text as rule, array_agg(id) as ids from (
      select coalesce(a.id, h.aggregate_id) as id from ${name} a full join history h on h.aggregate_id = a.id
      group by 1 having count(h.version) <> coalesce(max(a.version), 0) or max(h.version) <> max(a.version)
        or bool_or(a.id is null)) t
    union all
    select ${`torn: ${table} outbox without history`}::text, array_agg(aggregate_id) from outbox e
      where not exists (select 1 from history h where h.aggregate_id = e.aggregate_id and h.version = e.version)
    union all
    select ${`lost: ${table} has dead letters`}::text, array_agg(coalesce(key, id::text)) from dead_letters`;
}

type KnownEvent = {
  orderId: string;
  topic: string;
  seq: number;
  payload: string;
  headers: Record<string, string>;
  publishedAt: Date | null;
};

/** Under its order's id, with the content and all headers that the outbox has for it. */
function isAsWritten(
  { topic, key, eventId, value, headers }: ReadMessage,
  known: ReadonlyMap<string, KnownEvent>,
): boolean {
  const written = known.get(eventId);
  return (
    written?.topic === topic &&
    written.orderId === key &&
    written.payload === value &&
    Object.entries(written.headers).every(
      ([name, text]) => headers[name] === text,
    )
  );
}

async function events(sql: postgres.Sql): Promise<Map<string, KnownEvent>> {
  const rows = await steadily(
    () => sql<(KnownEvent & { eventId: string })[]>`
    select event_id as "eventId", aggregate_id as "orderId", topic, seq::int as seq, payload::text as payload, headers,
      published_at as "publishedAt" from outbox`,
  );
  return new Map(rows.map(({ eventId, ...event }) => [eventId, event]));
}

/** A group whose members were killed is formed anew after their sessions: its readers have a minute. */
const takenWithinMs = 60_000;

async function untilTaken(listUntaken: () => Promise<string[]>) {
  const giveUpAtMs = performance.now() + takenWithinMs;
  for (;;) {
    const untaken = await listUntaken();
    if (untaken.length === 0 || performance.now() > giveUpAtMs) return untaken;
    await Bun.sleep(500);
  }
}

/** Keys of messages of another service's events that this service's inbox does not have. */
async function notIn(
  sql: postgres.Sql,
  messages: readonly ReadMessage[],
  published: ReadonlyMap<string, KnownEvent>,
  topics?: readonly string[],
): Promise<string[]> {
  const rows = await steadily(
    () => sql<{ id: string }[]>`select message_id as id from inbox`,
  );
  const taken = new Set(rows.map((row) => row.id));
  return messages
    .filter(
      ({ eventId, topic }) =>
        published.has(eventId) && (topics?.includes(topic) ?? true),
    )
    .filter(({ eventId }) => !taken.has(eventId))
    .map(({ key }) => key);
}

/** Within one topic and key events must first appear as they happened. */
function disordered(
  messages: readonly ReadMessage[],
  known: ReadonlyMap<string, KnownEvent>,
): string[] {
  const seen = new Set<string>();
  const last = new Map<string, number>();
  const wrong = new Set<string>();
  for (const { topic, key, eventId } of messages) {
    if (seen.has(eventId)) continue;
    seen.add(eventId);
    const seq = known.get(eventId)?.seq ?? 0;
    const place = `${topic}/${key}`;
    if (seq < (last.get(place) ?? 0)) wrong.add(key);
    last.set(place, seq);
  }
  return [...wrong];
}
