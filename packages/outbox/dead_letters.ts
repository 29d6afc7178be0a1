import { sql, type Kysely } from "kysely";
import type { AnyMessage } from "./kafka.ts";

/** A message that can't be handled, where it was read and why. */
export type DeadLetter = Omit<AnyMessage, "value"> &
  Readonly<{ value: Uint8Array | null; partition: number; offset: string; error: string }>;

/** Unsigned messages that are kept, and bytes of one: they must not fill the disk. The rest is only counted. */
export const unsignedMax = 1_000;
const unsignedBytesMax = 64 * 1024;

const letterColumns = sql`
  topic text, partition integer, message_offset bigint, key text, value text, headers jsonb, error text`;

/** Keeps messages that can't be handled, their values byte for byte; one that is kept already stays as it is. */
export async function keepDeadLetters(db: Kysely<never>, letters: readonly DeadLetter[]) {
  await sql`
    insert into dead_letters (topic, partition, message_offset, key, value, headers, error)
    select topic, partition, message_offset, key, decode(value, 'base64'), headers, error
    from jsonb_to_recordset(${rowsOf(letters)}::text::jsonb) as d(${letterColumns})
    on conflict do nothing`.execute(db);
}

/** Counts messages without a valid signature, and keeps the first of them. */
export async function keepUnsigned(db: Kysely<never>, letters: readonly DeadLetter[]) {
  await sql`
    with letters as materialized (
      select * from jsonb_to_recordset(${rowsOf(letters.map(shortened))}::text::jsonb) as d(${letterColumns})
    ), counted as (
      insert into unsigned_messages (topic, refused, last_refused_at)
      select topic, count(*), now() from letters group by topic
      on conflict (topic) do update set refused = unsigned_messages.refused + excluded.refused,
        last_refused_at = excluded.last_refused_at
    )
    insert into dead_letters (topic, partition, message_offset, key, value, headers, error, is_signed)
    select topic, partition, message_offset, key, decode(value, 'base64'), headers, error, false
    from letters order by message_offset
    limit (select greatest(0, ${unsignedMax}::integer - count(*)) from dead_letters where not is_signed)
    on conflict do nothing`.execute(db);
}

/** Without value and headers when it is larger than `unsignedBytesMax`. */
function shortened(letter: DeadLetter): DeadLetter {
  const { key, value, headers, error } = letter;
  const parts = [key ?? "", value ?? "", JSON.stringify(headers)];
  const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  if (bytes <= unsignedBytesMax) return letter;
  const said = `${error}. Its ${bytes} bytes are not kept: read it in its topic`;
  return { ...letter, key: key?.slice(0, 200) ?? null, value: null, headers: {}, error: said };
}

function rowsOf(letters: readonly DeadLetter[]): string {
  const rows = letters.map(({ offset, value, ...letter }) => ({
    ...letter,
    message_offset: offset,
    value: value && Buffer.from(value).toString("base64"),
  }));
  // text that jsonb refuses would block the partition for ever
  const storable = (text: string) => text.toWellFormed().replaceAll("\0", "\ufffd");
  return JSON.stringify(rows, (_, value) => (typeof value === "string" ? storable(value) : value));
}
