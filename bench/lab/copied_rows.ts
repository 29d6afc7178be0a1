// Makes a database large by copying the rows of one real checkout with new ids and times. It reads
// the columns from PostgreSQL, so a migration needs no change here.
import postgres from "postgres";

/** The sample's values that differ in each checkout. */
export type SampleIds = {
  readonly orderId: string;
  readonly paymentKey: string;
  readonly email: string;
};

export type Column = {
  readonly name: string;
  /** As in format_type(): "uuid", "text", "jsonb", "timestamp with time zone" … */
  readonly type: string;
  /** Whether the column alone has a unique index. */
  readonly isUnique: boolean;
  /** As text; null when the sample has none. */
  readonly sample: string | null;
};

/** The number of slots of events; `slot` is below it. */
const slots = 8;
const chunk = 50_000;
/** Time between two copies: five million span 28 hours, within every retention period. */
const apartMs = 20;

/**
 * SQL for one column of a copy: `s` is the sample's row, `c` has the copy's id, payment key,
 * e-mail, number and age. Due times are null, like those of a shop's old payments; otherwise the
 * services would process all copies at once.
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
 * Adds `copies` copies of the sample's newest row, with earlier times, to the inbox and to each
 * table that names the sample's order. Builds indexes without a constraint at the end, then runs
 * vacuum and analyze.
 */
export async function copyRows(options: {
  readonly url: string;
  readonly ids: SampleIds;
  readonly copies: number;
  /** Time of the newest copy, in ms since 1970; databases with the same value get the same ids. */
  readonly newestMs: number;
  readonly onProgress: (share: number) => void;
}): Promise<Record<string, number>> {
  const { url, ids, copies, newestMs, onProgress } = options;
  const sql = postgres(url, { max: 1, onnotice() {} });
  try {
    // a crash may lose copies, but it would end the run too
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

/** Per copy: a UUIDv7 of its time, its payment key and e-mail, and its age beyond the sample's. */
function copyIds(range: { from: number; to: number; copies: number; newestMs: number }): string {
  const { from, to, copies, newestMs } = range;
  const ageMs = `(${copies} - n) * ${apartMs}`;
  const time = `lpad(to_hex(${newestMs}::bigint - ${ageMs}), 12, '0')`;
  const rest = `'7' || substr(md5(n::text), 1, 3) || 'a' || substr(md5(n::text), 4, 15)`;
  return `select n, '1 day'::interval + make_interval(secs => ${ageMs} / 1000.0) as age,
    'bench' || n as payment_key, 'kim' || n || '@example.com' as email, (${time} || ${rest})::uuid as id
    from generate_series(${from}, ${to}) n`;
}

/** Copies the newest row of each table that names the order to a temporary table; any inbox row. */
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
    // ends pending mails and webhooks, so that no copy is due
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

/** Columns that a copy must set: neither identity nor generated columns. */
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

/** Non-unique indexes, without those of partitions, which PostgreSQL cannot drop alone. */
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
