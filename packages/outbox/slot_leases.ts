import { sql, type Kysely } from "kysely";

/** Outbox rows are spread over this many slots. Each slot has one relay at a time, so no more relays can share the work. */
export const slotCount = 16;

/** FNV-1a over the key. Must never change: writers of all releases must compute the same slot for a key. */
export function slotOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % slotCount;
}

/** The slots of a killed holder are free after this long. */
export const leaseTtlMs = 15_000;

export type SlotLeases = ReturnType<typeof createSlotLeases>;

/** Divides the slots between the relays of one database by rows of `leases`; one more row per relay counts the relays. */
export function createSlotLeases(db: Kysely<never>, holder: string) {
  let slots: readonly number[] = [];
  let untilMs = 0;
  const me = `relay:${holder}`;
  const endsAt = sql`now() + make_interval(secs => ${leaseTtlMs / 1000})`;
  return {
    /** The slots that this holder may send for, and until when (performance.now()). */
    held: () => ({ slots, untilMs }),
    /** Renews its leases, takes its fair share of free slots and releases the rest. */
    async renew() {
      // measured before the query: after a slow response the lease must not seem to last longer than it does
      const sentAtMs = performance.now();
      const { rows } = await sql<{ name: string }>`
        with me as (
          insert into leases (name, holder, expires_at)
          values (${me}, ${holder}, ${endsAt})
          on conflict (name) do update set expires_at = excluded.expires_at returning 1
        ), relays as (
          select count(*) filter (where name <> ${me}) + 1 as live
          from leases where name like 'relay:%' and expires_at > now()
        ), share as (
          select ceil(${slotCount}::numeric / live)::integer as slots from relays
        ), wanted as (
          select 'slot:' || s as name
          from generate_series(0, ${slotCount - 1}) s left join leases l on l.name = 'slot:' || s
          where l.name is null or l.expires_at <= now() or l.holder = ${holder}::uuid
          order by (l.holder = ${holder}::uuid and l.expires_at > now()) desc nulls last, s
          limit (select slots from share)
        ), given_back as (
          delete from leases where holder = ${holder}::uuid and name like 'slot:%'
          and name not in (select name from wanted) and exists (select 1 from me) returning 1
        )
        insert into leases (name, holder, expires_at)
        select name, ${holder}, ${endsAt} from wanted order by name
        on conflict (name) do update set holder = excluded.holder, expires_at = excluded.expires_at
        where leases.expires_at <= now() or leases.holder = excluded.holder
        returning name`.execute(db);
      slots = rows.map((row) => Number(row.name.slice("slot:".length)));
      untilMs = sentAtMs + leaseTtlMs;
    },
    /** Releases all leases, so that other holders need not wait for their expiry. */
    async release() {
      slots = [];
      untilMs = 0;
      await sql`delete from leases where holder = ${holder}::uuid`.execute(db);
    },
  };
}
