import { sql, type Kysely } from "kysely";
import type { AnyMessage } from "./kafka.ts";

/** A message that could not be handled, its position in Kafka and the error. */
export type DeadLetter = Omit<AnyMessage, "value"> &
  Readonly<{ value: Uint8Array | null; partition: number; offset: string; error: string }>;

/** Limits of stored unsigned messages (number, bytes of each), so that they cannot fill the disk. The rest is counted. */
export const unsignedMax = 1_000;
const unsignedBytesMax = 64 * 1024;

/**
 * Stores messages that took no effect, with the exact bytes of their values. Idempotent. Messages without a valid
 * signature are counted, and stored until `unsignedMax` are stored.
 */
export async function keepDeadLetters(
  db: Kysely<never>,
  letters: readonly DeadLetter[],
  { isSigned = true } = {},
) {
  const kept = isSigned ? letters : letters.map(shortened);
  const room = sql`select greatest(0, ${unsignedMax}::integer - count(*)) from dead_letters where not is_signed`;
  await sql`
    with letters as materialized (
      select * from jsonb_to_recordset(${rowsOf(kept)}::text::jsonb) as d(
        topic text, partition integer, message_offset bigint, key text, value text, headers jsonb, error text)
    ), counted as (
      insert into unsigned_messages (topic, refused, last_refused_at)
      select topic, count(*), now() from letters where not ${sql.lit(isSigned)} group by topic
      on conflict (topic) do update set refused = unsigned_messages.refused + excluded.refused,
        last_refused_at = excluded.last_refused_at
    )
    insert into dead_letters (topic, partition, message_offset, key, value, headers, error, is_signed)
    select topic, partition, message_offset, key, decode(value, 'base64'), headers, error, ${sql.lit(isSigned)}
    from letters order by message_offset limit (${isSigned ? sql`null` : room})
    on conflict do nothing`.execute(db);
}

/** Drops value and headers of a message larger than `unsignedBytesMax`. */
function shortened(letter: DeadLetter): DeadLetter {
  const { key, value, headers, error } = letter;
  const parts = [key ?? "", value ?? "", JSON.stringify(headers)];
  const bytes = parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
  if (bytes <= unsignedBytesMax) return letter;
  const text = `${error}. Its ${bytes} bytes are not kept: read it in its topic`;
  return { ...letter, key: key?.slice(0, 200) ?? null, value: null, headers: {}, error: text };
}

function rowsOf(letters: readonly DeadLetter[]): string {
  const rows = letters.map(({ offset, value, ...letter }) => ({
    ...letter,
    message_offset: offset,
    value: value && Buffer.from(value).toString("base64"),
  }));
  // jsonb rejects NUL and lone surrogates; such a text would block the partition for ever
  const storable = (text: string) => text.toWellFormed().replaceAll("\0", "\ufffd");
  return JSON.stringify(rows, (_, value) => (typeof value === "string" ? storable(value) : value));
}
