import { sql, type Kysely } from "kysely";
import { slotCount } from "@payflow/outbox";

/** Counts stop here, so that the cost does not grow with the tables. */
const countMax = sql.lit(100_000);

/** The age of the oldest waiting event in seconds; 0: none waits. */
export const oldestSeconds = sql`select greatest(extract(epoch from now() - min(w.recorded_at)), 0)
  from generate_series(0, ${sql.lit(slotCount - 1)}) as s(slot) cross join lateral (
    select recorded_at from waiting_events where slot = s.slot order by recorded_at limit 1) w`;
/** The number of slots without a relay. */
export const unheldSlots = sql`select ${sql.lit(slotCount)} - count(*) from leases
  where name like 'slot:%' and expires_at > now()`;

const delay = sql`(select count(*) from (select from waiting_events limit ${countMax}) w) as waiting,
  (${oldestSeconds})::float8 as "oldestSeconds", (${unheldSlots}) as "unheldSlots"`;
type Delay = Readonly<Record<"waiting" | "oldestSeconds" | "unheldSlots", number>>;

/** Waiting events, the age of the oldest one, and slots without a relay: an operator must act when they grow. */
export async function readOutboxDelay(db: Kysely<never>): Promise<Delay> {
  const { rows } = await sql<Delay>`select ${delay}`.execute(db);
  return rows[0] as Delay;
}

/** The same with the age in whole seconds, the events of the last hour, and the number of relays. */
export async function readOutboxState(db: Kysely<never>) {
  type State = Delay & Readonly<Record<"writtenLastHour" | "relays", number>>;
  const { rows } = await sql<State>`
    select ${delay},
      (select count(*) from (select from events where created_at > now() - interval '1 hour'
        limit ${countMax}) h) as "writtenLastHour",
      (select count(*) from leases where name like 'relay:%' and expires_at > now()) as relays
    `.execute(db);
  const state = rows[0] as State;
  return { ...state, oldestSeconds: Math.round(state.oldestSeconds) };
}
