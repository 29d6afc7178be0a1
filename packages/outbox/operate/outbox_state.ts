import { sql, type Kysely } from "kysely";
import { slotCount } from "../outbox.ts";

/** What a look at the outbox counts at the most: its cost must not grow with the tables. */
const countMax = sql.lit(100_000);

/** The age of the oldest event that Kafka does not have yet, in seconds; 0: none waits. */
export const oldestSeconds = sql`select greatest(extract(epoch from now() - min(w.recorded_at)), 0)
  from generate_series(0, ${sql.lit(slotCount - 1)}) as s(slot) cross join lateral (
    select recorded_at from waiting_events where slot = s.slot order by recorded_at limit 1) w`;
/** How many slots no relay sends for. */
export const unheldSlots = sql`select ${sql.lit(slotCount)} - count(*) from leases
  where name like 'slot:%' and expires_at > now()`;

const waiting = sql`select count(*) from (select from waiting_events limit ${countMax}) w`;

/** What of the outbox needs an operator when it grows; `oldestSeconds` with its fractions. */
export async function readOutboxDelay(db: Kysely<never>) {
  type Delay = Readonly<Record<"waiting" | "oldestSeconds" | "unheldSlots", number>>;
  const { rows } = await sql<Delay>`
    select (${waiting}) as waiting, (${oldestSeconds})::float8 as "oldestSeconds",
      (${unheldSlots}) as "unheldSlots"`.execute(db);
  return rows[0] as Delay;
}

/** `waiting`: events that Kafka does not have yet; `relays`: processes that publish. */
export async function readOutboxState(db: Kysely<never>) {
  type State = "waiting" | "oldestSeconds" | "unheldSlots" | "writtenLastHour" | "relays";
  const { rows } = await sql<Readonly<Record<State, number>>>`
    select (${waiting}) as waiting,
      (${oldestSeconds})::integer as "oldestSeconds", (${unheldSlots}) as "unheldSlots",
      (select count(*) from (select from events where created_at > now() - interval '1 hour'
        limit ${countMax}) h) as "writtenLastHour",
      (select count(*) from leases where name like 'relay:%' and expires_at > now()) as relays
    `.execute(db);
  return rows[0] as Readonly<Record<State, number>>;
}
