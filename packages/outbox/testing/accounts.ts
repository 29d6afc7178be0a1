import { sql, type Kysely } from "kysely";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { migrate } from "@payflow/database";
import { readMigrations } from "../migrations.ts";
import type { AggregateTable, DomainEvent, Save } from "../save.ts";

/** The event of the test aggregate: an account with a balance and one event per change. */
type AccountChanged = DomainEvent & { readonly id: string; readonly version: number };

type AccountRow = { status: string; balance: number; note: unknown; code: string | null };

export const accounts: AggregateTable<AccountRow> = {
  name: "accounts",
  columns: { status: "text", balance: "bigint", note: "jsonb", code: "text" },
  unique: { accounts_by_code: "code" },
};

export function accountsDatabase(): Promise<TestDatabase> {
  return testDatabase(
    async (url) =>
      migrate(url, [
        ...(await readMigrations()),
        {
          name: "accounts",
          sql: `create table accounts (
            id uuid primary key, version integer not null, status text not null,
            balance bigint not null check (balance >= 0), note jsonb, code text);
            create unique index accounts_by_code on accounts (code)`,
        },
      ]),
    "accounts",
  );
}

/** A save of an account; version 1 creates it. */
export function accountSave(
  account: {
    readonly id: string;
    readonly version: number;
    readonly balance?: number;
    readonly note?: unknown;
    readonly code?: string;
  },
  more: Pick<Save, "message" | "claim"> = {},
): Save<AccountRow> & { readonly events: readonly [AccountChanged] } {
  const { id, version, balance = version, note = null, code = null } = account;
  const eventId = crypto.randomUUID();
  const occurredOn = new Date().toISOString();
  return {
    id,
    version,
    status: "OPEN",
    cause: "test",
    ...more,
    changeId: crypto.randomUUID(),
    row: { status: "OPEN", balance, note, code },
    recordedAt: occurredOn,
    detail: { message: more.message?.id, key: more.claim?.key },
    events: [{ eventId, eventType: "AccountChanged", occurredOn, id, version } as AccountChanged],
  };
}

/** Rows that contradict "written once, all or nothing, without gaps"; empty when all tables agree. */
export async function contradictions(db: Kysely<never>): Promise<readonly unknown[]> {
  const { rows } = await sql`
    select 'history has gaps' as what, a.id::text from accounts a
      left join history h on h.aggregate_id = a.id
      group by a.id having count(h.version) <> a.version or max(h.version) <> a.version
    union all
    select 'history without account', h.aggregate_id::text from history h
      where not exists (select 1 from accounts a where a.id = h.aggregate_id)
    union all
    select 'not one event a change', coalesce(h.aggregate_id, o.aggregate_id)::text
      from history h full join outbox o on o.aggregate_id = h.aggregate_id and o.version = h.version
      group by 2, coalesce(h.version, o.version)
      having count(h.version) <> 1 or count(o.event_id) <> 1
    union all
    select 'events out of order', aggregate_id::text
      from (select aggregate_id, version, lag(version) over (partition by aggregate_id order by recorded_at, version) as before
        from waiting_events) w
      where version <> coalesce(before + 1, version)
    union all
    select 'inbox and history differ', coalesce(i.message_id::text, h.detail->>'message')
      from inbox i full join (select * from history where detail->>'message' is not null) h
        on h.detail->>'message' = i.message_id::text
      group by 2 having count(i.message_id) <> 1 or count(h.version) <> 1
    union all
    select 'keys and accounts differ', coalesce(k.key, h.detail->>'key')
      from idempotency_keys k
      full join (select * from history where detail->>'key' is not null) h
        on h.aggregate_id = k.aggregate_id and h.detail->>'key' = k.key
      group by 2 having count(k.key) <> 1 or count(h.version) <> 1`.execute(db);
  return rows;
}
