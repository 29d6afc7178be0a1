import {
  takenMessages,
  writtenEvents,
  type Losses,
  type ServiceName,
  type WrittenEvent,
} from "./losses.ts";
import { steadily } from "./steadily.ts";
import type { StormStack } from "./storm_stack.ts";
import { readTopics, type ReadMessage } from "./topics.ts";
import type { Blame, Violation } from "./violation.ts";

const services = ["order", "payment"] as const;

type Found = { rule: string; ids: string[] };
const idOf = ({ eventId }: { readonly eventId: string }) => eventId;

/** All messages in the topics just before Kafka's disk was lost. */
export type Wiped = readonly ReadMessage[];

/** Checks that every published event is in its topic. Run it before the wipe, when no service reaches Kafka. */
export async function auditBeforeWipe(stack: StormStack, blame: Blame): Promise<Wiped> {
  const published = await allEvents(stack);
  const messages = await readTopics(stack.kafka.brokers);
  const inTopics = new Set(messages.map(({ eventId }) => eventId));
  for (const [eventId, { orderId, isWaiting }] of published) {
    if (!isWaiting && !inTopics.has(eventId)) blame("lost: an event is not in its topic", orderId);
  }
  return messages;
}

/**
 * Finds partial writes between aggregates, histories, outboxes, inboxes and topics. Payments still change meanwhile, so
 * events written before the topics are read must be in them, and messages in the topics must have been written before
 * the outboxes are read again.
 */
export async function findTorn(
  stack: StormStack,
  wiped: Wiped,
): Promise<{ violations: Violation[]; figures: Record<string, number> }> {
  const { order, payment } = stack.pools;
  const before = await allEvents(stack);
  const messages = await readTopics(stack.kafka.brokers);
  const found = [
    ...(await order<Found[]>`
      select 'torn: an order has no OrderCreated, or more than one' as rule, array_agg(id::text) as ids from (
        select o.id from orders o left join outbox e on e.aggregate_id = o.id and e.topic = 'OrderCreated'
        group by o.id having count(e.event_id) <> 1) t
      union all
      select 'torn: an order has a status change without an event', array_agg(distinct aggregate_id::text) from (
        select h.aggregate_id, h.version, h.status,
          lag(h.status) over (partition by h.aggregate_id order by h.version) as before from history h) h
      where h.status is distinct from h.before and h.before is not null
        and h.status in ('CONFIRMED', 'CANCELED', 'EXPIRED', 'PARTIALLY_REFUNDED', 'REFUNDED')
        and not exists (select 1 from outbox e where e.aggregate_id = h.aggregate_id and e.version = h.version)
      union all
      select 'doubled: an order does not have exactly one idempotency key', array_agg(aggregate_id::text) from (
        select coalesce(k.aggregate_id, o.id) as aggregate_id from idempotency_keys k
        full join orders o on o.id = k.aggregate_id
        group by 1 having count(k.key) <> 1 or count(o.id) <> 1) t
      union all
      select 'doubled: an idempotency key has several orders', array_agg(id::text) from (
        select unnest(array_agg(aggregate_id::text)) as id from idempotency_keys group by key
        having count(distinct aggregate_id) > 1) t`),
    ...(await payment<Found[]>`
      select 'torn: a payment has a status change without an event' as rule, array_agg(distinct aggregate_id::text) as ids from (
        select h.aggregate_id, h.version, h.status,
          lag(h.status) over (partition by h.aggregate_id order by h.version) as before from history h) h
      where h.status is distinct from h.before and h.before is not null
        and h.status not in ('READY', 'IN_PROGRESS')
        and not exists (select 1 from outbox e where e.aggregate_id = h.aggregate_id and e.version = h.version)`),
    ...(await tornTables(stack, "order")),
    ...(await tornTables(stack, "payment")),
  ];

  const { losses } = stack;
  const forgotten = new Set(services.flatMap((each) => losses.events[each]).map(idOf));
  const orderEvents = await events(stack, "order");
  const paymentEvents = await events(stack, "payment");
  const known = new Map([...orderEvents, ...paymentEvents]);
  const inTopics = new Set(messages.map(idOf));
  const inWiped = new Set(wiped.map(idOf));
  const lost: string[] = [];
  let wipedOnly = 0;
  for (const [eventId, event] of before) {
    // findUnrest() reports events that still wait for Kafka
    if (event.isWaiting || inTopics.has(eventId)) continue;
    if (inWiped.has(eventId)) wipedOnly += 1;
    else lost.push(event.orderId);
  }
  const all = [...wiped, ...messages];
  const different = all.filter((message) => !isAsWritten(message, known));
  const settled = messages.filter(({ eventId }) => before.has(eventId));
  const untaken = await untilTaken(async () => [
    ...(await notIn(stack, "order", { messages: settled, published: paymentEvents })),
    ...(await notIn(stack, "payment", {
      messages: settled.filter(({ topic }) => topic === "OrderCreated"),
      published: orderEvents,
    })),
  ]);
  const checks: [string, string[]][] = [
    ...found.map(({ rule, ids }): [string, string[]] => [rule, ids ?? []]),
    ["lost: an event is not in its topic", lost],
    ["torn: a message in a topic differs from its outbox row", different.map(({ key }) => key)],
    ["lost: a message was not handled by its consumer", untaken],
    [
      "order: events of one key are not in the order in which they happened",
      [wiped, messages].flatMap((all) =>
        // a restored database reuses versions, so lost events are checked separately
        [true, false].flatMap((isForgotten) =>
          disordered(
            all.filter((message) => forgotten.has(message.eventId) === isForgotten),
            known,
          ),
        ),
      ),
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

async function tornTables({ pools, losses }: StormStack, service: ServiceName): Promise<Found[]> {
  const sql = pools[service];
  const table = `${service}s`;
  // a rebuilt payment continues above the version that order knows, so its history has a gap
  const leaps = losses.payments.size > 0 ? ["recoverPayment"] : [];
  return await sql<Found[]>`
    select ${`torn: ${table} and history differ`}::text as rule, array_agg(id::text) as ids from (
      select coalesce(a.id, h.aggregate_id) as id from ${sql(table)} a full join (
        select *, version - coalesce(lag(version) over (partition by aggregate_id order by version), 0) as step
        from history) h on h.aggregate_id = a.id
      group by 1 having max(h.version) is distinct from max(a.version) or bool_or(a.id is null)
        or bool_or(h.step <> 1 and h.cause <> all(${leaps}))) t
    union all
    select ${`torn: ${table} outbox has an event without history`}::text, array_agg(aggregate_id::text) from outbox e
      where not exists (select 1 from history h where h.aggregate_id = e.aggregate_id and h.version = e.version)
    union all
    select ${`lost: ${table} has dead letters`}::text, array_agg(coalesce(key, id::text)) from dead_letters
      where key is null or key <> all(${reportedAsLost(losses, service)}) or error not like '%There is no order%'`;
}

/** Events about a lost order cannot be applied; they are dead letters for the operator. */
function reportedAsLost(losses: Losses, service: ServiceName): string[] {
  return service === "order" ? [...losses.orders.keys()] : [];
}

/** True when topic, key, content and headers are those of the outbox row. */
function isAsWritten(
  { topic, key, eventId, value, headers }: ReadMessage,
  known: ReadonlyMap<string, WrittenEvent>,
): boolean {
  const written = known.get(eventId);
  return (
    written?.topic === topic &&
    written.orderId === key &&
    written.payload === value &&
    Object.entries(written.headers).every(([name, text]) => headers[name] === text)
  );
}

/** A service's events by id: those in the outbox, and those that a restore lost. */
async function events(
  { pools, losses }: StormStack,
  service: ServiceName,
): Promise<Map<string, WrittenEvent>> {
  const written = [...losses.events[service], ...(await writtenEvents(service, pools[service]))];
  return new Map(written.map((event) => [event.eventId, event]));
}

async function allEvents(stack: StormStack): Promise<Map<string, WrittenEvent>> {
  const all = await Promise.all(services.map((each) => events(stack, each)));
  return new Map(all.flatMap((each) => [...each]));
}

/** After its members were killed, a consumer group rebalances only when their sessions time out. */
const takenWithinMs = 60_000;

async function untilTaken(listUntaken: () => Promise<string[]>) {
  const giveUpAtMs = performance.now() + takenWithinMs;
  for (;;) {
    const untaken = await listUntaken();
    if (untaken.length === 0 || performance.now() > giveUpAtMs) return untaken;
    await Bun.sleep(500);
  }
}

/** Keys of the other service's messages that this service has not handled. */
async function notIn(
  { pools, losses }: StormStack,
  service: ServiceName,
  sent: {
    readonly messages: readonly ReadMessage[];
    readonly published: ReadonlyMap<string, WrittenEvent>;
  },
): Promise<string[]> {
  const sql = pools[service];
  const kept = await steadily(
    () => sql<{ id: string }[]>`
      select headers->>'ce_id' as id from dead_letters where key = any(${reportedAsLost(losses, service)})`,
  );
  const taken = new Set([
    ...losses.taken[service],
    ...(await takenMessages(sql)),
    ...kept.map((row) => row.id),
  ]);
  return sent.messages
    .filter(({ eventId }) => sent.published.has(eventId) && !taken.has(eventId))
    .map(({ key }) => key);
}

/** Keys whose events first appear in another order than their versions, within one topic. */
function disordered(
  messages: readonly ReadMessage[],
  known: ReadonlyMap<string, WrittenEvent>,
): string[] {
  const seen = new Set<string>();
  const last = new Map<string, number>();
  const wrong = new Set<string>();
  for (const { topic, key, eventId } of messages) {
    if (seen.has(eventId)) continue;
    seen.add(eventId);
    const version = known.get(eventId)?.version ?? 0;
    const place = `${topic}/${key}`;
    if (version < (last.get(place) ?? 0)) wrong.add(key);
    last.set(place, version);
  }
  return [...wrong];
}
