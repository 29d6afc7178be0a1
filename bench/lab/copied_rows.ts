// Makes a database large by copying the rows of one real checkout, each copy under ids and times of its own. It reads
// the tables' columns from PostgreSQL, so it follows whatever the migrations make.
import postgres from "postgres";

/** What differs from one checkout to the next, as the sample has it. */
export type SampleIds = {
  readonly orderId: string;
  readonly paymentKey: string;
  readonly email: string;
};

export type Column = {
  readonly name: string;
  /** As in format_type(): "uuid", "text", "jsonb", "timestamp with time zone" … */
  readonly type: string;
  /** No two rows may have the same. */
  readonly isUnique: boolean;
  /** As text; null when the sample has none. */
  readonly sample: string | null;
};

/** Slots that events are spread over: `slot` is a number below this. */
const slots = 8;
const chunk = 50_000;
/** Between two copies: five million are 28 hours, within what any retention keeps. */
const apartMs = 20;

/**
 * SQL for one column of a copy: `s` is the sample's row, `c` has the copy's own id, payment key, e-mail, number and age.
 * Nothing is due for a copy: a shop's old payments are at rest, and all of them at once would be looked at otherwise.
 */
export function copiedColumn({ name, type, isUnique, sample }: Column, ids: SampleIds): string {
  const column = `s.${quoted(name)}`;
  if (sample === null) return column;
  if (/^(next|due)_at$/.test(name)) return `null::${type}`;
  if (sample === ids.orderId) return `c.id::${type}`;
  if (sample === ids.paymentKey) return `c.payment_key::${type}`;
  if (sample === ids.email) return `c.email::${type}`;
  // deliveries are partitioned by their target
  if (name === "target_id") return column;
  if (type === "uuid") return "gen_random_uuid()";
  if (isUnique && type === "text") return `${column} || '-' || c.n`;
  if (name === "slot") return `(c.n % ${slots})::${type}`;
  if (/session|owner/.test(name)) return `md5(c.n::text)::${type}`;
  if (type.startsWith("timestamp")) return `${column} - c.age`;
  let text = `${column}::text`;
  for (const [own, of] of [
    ["c.id::text", ids.orderId],
    ["c.payment_key", ids.paymentKey],
  ] as const)
    if (sample.includes(of)) text = `replace(${text}, ${literal(of)}, ${own})`;
  return text === `${column}::text` ? column : `(${text})::${type}`;
}

/**
 * Every table that names the sample's order, and the inbox, gets `copies` rows more: a row as the newest of the
 * sample's, dated over the days before. Indexes that no constraint needs are built at the end, statistics are fresh.
 */
export async function copyRows(options: {
  readonly url: string;
  readonly ids: SampleIds;
  readonly copies: number;
  /** When the newest copy was made, in milliseconds since 1970: databases that agree on it get the same ids. */
  readonly newestMs: number;
  readonly onProgress: (share: number) => void;
}): Promise<Record<string, number>> {
  const { url, ids, copies, newestMs, onProgress } = options;
  const sql = postgres(url, { max: 1, onnotice() {} });
  try {
    // what is copied may be lost by a crash: the run would be over as well
    await sql.unsafe("set synchronous_commit = off; set maintenance_work_mem = '512MB'");
    const tables = await tablesToCopy(sql, ids);
    const indexes = await plainIndexes(sql, tables);
    for (const { name } of indexes) await sql.unsafe(`drop index ${quoted(name)}`);
    for (const [done, table] of tables.entries()) {
      const columns = await columnsOf(sql, table);
      const into = columns.map(({ name }) => quoted(name)).join(", ");
      const values = columns.map((column) => copiedColumn(column, ids)).join(", ");
      for (let from = 1; from <= copies; from += chunk) {
        const to = Math.min(copies, from + chunk - 1);
        await sql.unsafe(
          `insert into ${quoted(table)} (${into})
          select ${values} from (${copyIds({ from, to, copies, newestMs })}) c cross join ${quoted(`sample_${table}`)} s`,
        );
        onProgress((done + to / copies) / (tables.length + 1));
      }
    }
    for (const { definition } of indexes) await sql.unsafe(definition);
    await sql.unsafe("vacuum (analyze)");
    await sql.unsafe("checkpoint");
    const counts = tables.map(async (table) => {
      const [row] = await sql<{ count: number }[]>`
        select reltuples::float8 as count from pg_class where oid = ${table}::regclass`;
      return [table, row?.count ?? 0] as const;
    });
    return Object.fromEntries(await Promise.all(counts));
  } finally {
    await sql.end();
  }
}

/** A UUIDv7 of the time of the copy, its own key and address, and how much older than the sample it is. */
function copyIds(range: { from: number; to: number; copies: number; newestMs: number }): string {
  const { from, to, copies, newestMs } = range;
  const ageMs = `(${copies} - n) * ${apartMs}`;
  const time = `lpad(to_hex(${newestMs}::bigint - ${ageMs}), 12, '0')`;
  const rest = `'7' || substr(md5(n::text), 1, 3) || 'a' || substr(md5(n::text), 4, 15)`;
  return `select n, '1 day'::interval + make_interval(secs => ${ageMs} / 1000.0) as age,
    'bench' || n as payment_key, 'kim' || n || '@example.com' as email, (${time} || ${rest})::uuid as id
    from generate_series(${from}, ${to}) n`;
}

/** Puts the newest row of each table that names the order into a temporary table; of the inbox, any row. */
async function tablesToCopy(sql: postgres.Sql, ids: SampleIds): Promise<string[]> {
  const all = await sql<{ name: string }[]>`
    select relname as name from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname`;
  const found: string[] = [];
  for (const { name } of all) {
    const columns = await sql<{ column: string }[]>`
      select attname as column from pg_attribute join pg_type t on t.oid = atttypid
      where attrelid = ${name}::regclass and attnum > 0 and not attisdropped
        and t.typname in ('uuid', 'text')`;
    const named = columns.map(({ column }) => `${quoted(column)}::text = ${literal(ids.orderId)}`);
    const filter = name === "inbox" ? "true" : named.join(" or ");
    if (filter === "") continue;
    const version = columns.length > 0 && (await hasColumn(sql, name, "version"));
    await sql.unsafe(
      `create temp table ${quoted(`sample_${name}`)} as select * from ${quoted(name)}
      where ${filter} ${version ? "order by version desc" : ""} limit 1`,
    );
    // a mail or a webhook that waits to be sent: nothing is due for a copy
    if (await hasColumn(sql, name, "outcome"))
      await sql.unsafe(
        `update ${quoted(`sample_${name}`)} set outcome = 'gave_up', next_at = null, ended_at = now()
        where outcome is null`,
      );
    const [row] = await sql.unsafe(`select 1 from ${quoted(`sample_${name}`)}`);
    if (row !== undefined) found.push(name);
  }
  return found;
}

async function hasColumn(sql: postgres.Sql, table: string, column: string): Promise<boolean> {
  const [row] = await sql`
    select 1 from pg_attribute where attrelid = ${table}::regclass and attname = ${column}`;
  return row !== undefined;
}

/** Those that a copy must set: numbers that PostgreSQL gives out itself are left to it. */
async function columnsOf(sql: postgres.Sql, table: string): Promise<Column[]> {
  const columns = await sql<Omit<Column, "sample">[]>`
    select attname as name, format_type(atttypid, atttypmod) as type, exists (
      select from pg_index where indrelid = attrelid and indisunique and indnkeyatts = 1
        and indkey[0] = attnum) as "isUnique"
    from pg_attribute
    where attrelid = ${table}::regclass and attnum > 0 and not attisdropped
      and attidentity = '' and attgenerated = '' order by attnum`;
  const texts = columns.map(({ name }) => `${quoted(name)}::text`).join(", ");
  const [row = []] = await sql.unsafe(`select ${texts} from ${quoted(`sample_${table}`)}`).values();
  return columns.map((column, index) => ({
    ...column,
    sample: (row[index] as string | null) ?? null,
  }));
}

/** One that belongs to the index of a partitioned table can't go alone; it stays. */
async function plainIndexes(sql: postgres.Sql, tables: readonly string[]) {
  return await sql<{ name: string; definition: string }[]>`
    select c.relname as name, pg_get_indexdef(c.oid) as definition
    from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = any(${tables.map((table) => `public.${table}`)}::regclass[])
      and not i.indisunique and not c.relispartition`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
