// Metrics of messages; attention and the console use the same conditions.
import { sql, type RawBuilder } from "kysely";
import type { DatabaseFigure } from "@payflow/shared/http";
import { isOpenLetter } from "./dead_letter_list.ts";
import { oldestSeconds, unheldSlots } from "./outbox_state.ts";

/** Counts stop here, so that a scrape costs the same with ten thousand and with five million rows. */
export const countMax = 10_000;

/** Counts the rows of a query, up to `countMax`. */
export function countOf(rows: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`select count(*) as value from (${rows} limit ${sql.lit(countMax)}) as counted`;
}

/** Messages that could not be handled and were neither replayed nor discarded. */
const openDeadLetters = countOf(sql`select from dead_letters where ${isOpenLetter}`);

/** Items that need an operator's decision, by kind: the service's own kinds and dead letters. */
function attentionItems(kinds: Readonly<Record<string, RawBuilder<unknown>>>): DatabaseFigure {
  const counts = Object.entries({ ...kinds, dead_letter: openDeadLetters });
  const each = counts.map(
    ([kind, count]) => sql`select ${sql.lit(kind)} as kind, value from (${count}) as counted`,
  );
  return {
    name: "payflow_attention_items",
    help: `Items that need an operator's decision, by kind, at most ${countMax} each`,
    query: sql`${sql.join(each, sql` union all `)}`,
    label: "kind",
  };
}

/** The metrics of every service: its messages, and the items that need an operator, counted by `needs` for each kind. */
export const figuresOf = (
  needs: Readonly<Record<string, RawBuilder<unknown>>>,
): readonly DatabaseFigure[] => [
  {
    name: "payflow_outbox_waiting",
    help: `Events that Kafka does not have yet, at most ${countMax}`,
    query: countOf(sql`select from waiting_events`),
  },
  {
    name: "payflow_outbox_oldest_seconds",
    help: "Age of the oldest event that Kafka does not have yet",
    query: sql`select (${oldestSeconds}) as value`,
  },
  {
    name: "payflow_outbox_slots_unheld",
    help: "Slots of the outbox that no relay sends for",
    query: sql`select (${unheldSlots}) as value`,
  },
  {
    name: "payflow_dead_letters",
    help: `Messages that could not be handled, neither replayed nor discarded, at most ${countMax}`,
    query: openDeadLetters,
  },
  {
    name: "payflow_unsigned_messages_total",
    help: "Messages rejected because they had no valid signature",
    query: sql`select coalesce(sum(refused), 0) as value from unsigned_messages`,
    isCounter: true,
  },
  attentionItems(needs),
];
