import type { Mutation } from "./mutation.ts";

const saves = "packages/outbox/saves.ts";
const statements = "packages/outbox/save_statements.ts";
const savesTest = "packages/outbox/saves_integration_test.ts";
const relay = "packages/outbox/outbox_relay.ts";
const waiting = "packages/outbox/waiting_events.ts";
const relayTest = "packages/outbox/outbox_relay_integration_test.ts";
const orderTest = "packages/outbox/relay_order_integration_test.ts";
const consumer = "packages/outbox/kafka_consumer.ts";
const handler = "packages/outbox/chunk_handler.ts";
const consumerTest = "packages/outbox/kafka_consumer_integration_test.ts";

/** How decisions are saved, published and consumed. */
export const storageMutations: readonly Mutation[] = [
  {
    rule: "A change is written only on the version it was decided on",
    broken: "the version is not compared",
    file: statements,
    find: " and a.version = i.follows",
    replace: "",
    killer: { file: savesTest, name: "writes a change once, and only on the version before it" },
  },
  {
    rule: "Events come only from changes that were written",
    broken: "the events of a change that lost its race are written too",
    file: statements,
    find: "event_trace, event_at\n  from ${saves} where",
    replace: "event_trace, event_at\n  from input where",
    killer: { file: savesTest, name: "changes to 10 accounts by many at once" },
  },
  {
    rule: "A message takes effect once",
    broken: "the inbox is not checked",
    file: statements,
    find: "where message_id is null or (select true from inbox m where m.message_id = i.message_id) is null",
    replace: "where true",
    killer: { file: savesTest, name: "a message takes effect once" },
  },
  {
    rule: "New orders that would wait too long are refused at once",
    broken: "they wait",
    file: "packages/outbox/gather.ts",
    find: "waiting.length >= queueMax || (isLate() && options.isRefusable?.(item))",
    replace: "waiting.length >= queueMax",
    killer: { file: "packages/outbox/gather_test.ts", name: "have waited for too long" },
  },
  {
    rule: "New orders that would wait too long are refused at once",
    broken: "only once others have waited so long",
    file: "packages/outbox/gather.ts",
    find: "(waiting.length + inFlight) * itemMs",
    replace: "0",
    killer: { file: "packages/outbox/gather_test.ts", name: "as the last statement shows" },
  },
  {
    rule: "Two changes of one aggregate never share a statement",
    broken: "they share one",
    file: "packages/outbox/gather.ts",
    find: "batch.length < max && !keys.has(key)",
    replace: "batch.length < max",
    killer: { file: "packages/outbox/gather_test.ts" },
  },
  {
    rule: "A lost commit response is not a refusal",
    broken: "the history is not checked for the change",
    file: saves,
    find: "await correct(left, await write(left, isNew))",
    replace: "await write(left, isNew)",
    killer: { file: savesTest, name: "a change is saved, not stale" },
  },
  {
    rule: "What exists already is not created again",
    broken: "a creation fails when a row exists",
    file: saves,
    find: "if (isTaken) continue;",
    replace: "if (isTaken) throw error;",
    killer: { file: savesTest, name: "writes a change once, and only on the version before it" },
  },
  {
    rule: "A statement reads as many rows of large tables as of small ones",
    broken: "plans may scan tables",
    file: "packages/database/session.ts",
    find: "set_config('enable_seqscan', 'off', false)",
    replace: "set_config('enable_seqscan', 'on', false)",
    killer: { file: "packages/outbox/hot_statements_integration_test.ts" },
  },
  {
    rule: "A statement reads as many rows of large tables as of small ones",
    broken: "plans may read a whole slot and sort it",
    file: "packages/database/session.ts",
    find: "set_config('enable_bitmapscan', 'off', false)",
    replace: "set_config('enable_bitmapscan', 'on', false)",
    killer: { file: "packages/outbox/relay_backlog_integration_test.ts" },
  },
  {
    rule: "Orders that missed what became of their payments are written by few statements",
    broken: "one after the other",
    file: "packages/order/application/sweep_payments.ts",
    find: "await Promise.all(payments.map(follow));",
    replace: "for (const payment of payments) await follow(payment);",
    killer: { file: "packages/order/application/sweep_payments_integration_test.ts" },
  },
  {
    rule: "A backlog of OrderCreated takes few statements",
    broken: "each payment is looked for by a statement of its own",
    file: "packages/outbox/finds.ts",
    find: "createGather<string, State | undefined>({",
    replace: "createGather<string, State | undefined>({ max: 1,",
    killer: { file: "packages/payment/backlog_integration_test.ts" },
  },
  {
    rule: "An event that waits is never pruned",
    broken: "only its age counts",
    file: "packages/outbox/retention.ts",
    find: " and not (${unless})",
    replace: "",
    killer: { file: "packages/outbox/retention_integration_test.ts" },
  },
  {
    rule: "A row counts as published only after Kafka's acknowledgement",
    broken: "it is marked before it is sent",
    file: relay,
    find: "send(rows)])",
    replace: "mark(rows).then(() => send(rows))])",
    killer: { file: relayTest, name: "rows written while Kafka is away" },
  },
  {
    rule: "What retention may delete is not published again, to wait for ever",
    broken: "the last day is taken as well",
    file: "packages/operate/publish_again.ts",
    find: "eventDays - 1",
    replace: "eventDays + 30",
    killer: {
      file: "packages/operate/publish_again_integration_test.ts",
      name: "what is about to be deleted is not published again",
    },
  },
  {
    rule: "Versions of an aggregate are sent in order, whatever the clocks of replicas say",
    broken: "a change is recorded by the clock of its writer alone",
    file: statements,
    find: "greatest(i.recorded_at, (select",
    replace: "coalesce(i.recorded_at, (select",
    killer: { file: orderTest, name: "versions are sent in order when" },
  },
  {
    rule: "Versions of an aggregate are sent in order, whatever the clocks of replicas say",
    broken: "what was recorded at one time is read without regard to the version",
    file: waiting,
    find: "order by recorded_at, aggregate_id, version limit ${share}",
    replace: "order by recorded_at, aggregate_id, version desc limit ${share}",
    killer: { file: orderTest, name: "versions are sent in order when" },
  },
  {
    rule: "Events are sent oldest first, and none is passed over that commits late",
    broken: "they are read by aggregate",
    file: waiting,
    find: "order by recorded_at, aggregate_id, version limit ${share}",
    replace: "order by aggregate_id, version limit ${share}",
    killer: { file: orderTest, name: "what a transaction commits late" },
  },
  {
    rule: "A relay sends only while its lease outlasts the response",
    broken: "it sends until the lease ends",
    file: relay,
    find: "if (untilMs - performance.now() < 2 * producer.sendLimitMs)",
    replace: "if (untilMs - performance.now() < 0)",
    killer: { file: relayTest, name: "a relay does not send when its lease may end" },
  },
  {
    rule: "The producer is not idempotent, since kafkajs's idempotent one loses batches",
    broken: "the idempotent one is used",
    file: "packages/outbox/kafka.ts",
    find: "idempotent: false,",
    replace: "idempotent: true,",
    killer: { file: relayTest, name: "what a lost answer of Kafka's leaves open" },
  },
  {
    rule: "A new consumer group starts at the beginning of the topic",
    broken: "it starts at the end",
    file: consumer,
    find: "fromBeginning: true });",
    replace: "fromBeginning: false });",
    killer: { file: consumerTest, name: "a group that is new begins at the beginning" },
  },
  {
    rule: "While the database is unavailable the partition waits",
    broken: "a database failure counts as a failed try of the message",
    file: handler,
    find: "if (isPassing(error) || ++tries < triesMax) throw error;",
    replace: "if (++tries < triesMax) throw error;",
    killer: { file: consumerTest, name: "while the database is away the partitions wait" },
  },
  {
    rule: "A message that can't be handled becomes a dead letter, and the partition continues",
    broken: "the message is dropped",
    file: handler,
    find: "await keepDeadLetters(db, [{ ...message, error: said.slice(0, 2_000) }]);",
    replace: "",
    killer: { file: consumerTest, name: "what can't be handled is kept as it came" },
  },
];
