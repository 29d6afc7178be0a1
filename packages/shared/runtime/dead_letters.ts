import { sql, type Kysely } from "kysely";

export type DeadLetter = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly key: string | null;
  readonly value: Uint8Array | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: string;
};

/** Keeps messages that can't be handled, byte for byte; one that is kept already stays as it is. */
export async function keepDeadLetters(
  db: Kysely<never>,
  letters: readonly DeadLetter[],
): Promise<void> {
  if (letters.length === 0) return;
  const rows = letters.map((letter) => ({
    topic: letter.topic,
    partition: letter.partition,
    message_offset: letter.offset,
    key: letter.key,
    value:
      letter.value === null
        ? null
        : Buffer.from(letter.value).toString("base64"),
    headers: letter.headers,
    error: letter.error,
  }));
  const text = JSON.stringify(rows, (_, value: unknown) =>
    typeof value === "string" ? storable(value) : value,
  );
  await sql`
    insert into dead_letters (topic, partition, message_offset, key, value, headers, error)
    select topic, partition, message_offset, key, decode(value, 'base64'), headers, error
    from jsonb_to_recordset(${text}::text::jsonb) as d(
      topic text, partition integer, message_offset bigint, key text, value text, headers jsonb, error text)
    on conflict do nothing`.execute(db);
}

/** What jsonb can't hold would keep the letter, and so its whole partition, waiting for ever. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}
