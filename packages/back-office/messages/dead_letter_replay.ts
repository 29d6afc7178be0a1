import { sql, type Kysely } from "kysely";
import { pause, UnavailableError } from "@payflow/database";
import { auditInsert } from "@payflow/outbox";
import type { AnyMessage, EventProducer } from "@payflow/outbox";
import { isLetterId, isOpenLetter, letterCause } from "./dead_letter_list.ts";

type Letter = { readonly id: string } & AnyMessage;
/** A letter that was replayed or discarded. */
export type MarkedLetter = { readonly id: string; readonly topic: string; readonly at: string };

/** The most letters that one call replays. */
export const replayedMax = 1_000;
/** Letters read into memory together; each may have a megabyte. */
const replayedTogether = 20;
/** No retry after this time: a try without a response may take about 20 s, and the caller waits 25 s. */
const againWithinMs = 3_000;

const letter = sql`id::text, topic, key, value, headers`;

/**
 * Sends a message with the exact bytes of its value to its topic, then marks its letter as replayed; undefined: not found.
 * Throws UnavailableError `kafka_unavailable`; the letter then stays unchanged.
 */
export async function replayDeadLetter(
  db: Kysely<never>,
  producer: EventProducer,
  id: string,
): Promise<MarkedLetter | undefined> {
  if (!isLetterId(id)) return undefined;
  const { rows } = await sql<Letter>`
    select ${letter} from dead_letters where id = ${id}::bigint`.execute(db);
  for (const row of rows) await send(producer, row);
  return (await mark(db, "replayed_at", rows))[0];
}

/**
 * Replays open letters with the same listed error, oldest first, at most `replayedMax`; returns how many.
 * Throws UnavailableError `kafka_unavailable`; letters replayed before that stay marked as replayed.
 */
export async function replayCause(
  db: Kysely<never>,
  producer: EventProducer,
  error: string,
): Promise<number> {
  const { rows: newest } = await sql<{ id: string | null }>`
    select max(id)::text as id from dead_letters`.execute(db);
  const until = newest[0]?.id ?? "0";
  const cause = sql`md5(left(${error}, 500))`;
  let count = 0;
  while (count < replayedMax) {
    const { rows } = await sql<Letter>`
      select ${letter} from dead_letters
      where ${isOpenLetter} and id <= ${until}::bigint
        and (md5(${letterCause}), id) > (${cause}, 0) and md5(${letterCause}) <= ${cause}
      order by md5(${letterCause}), dead_letters.id
      limit ${Math.min(replayedTogether, replayedMax - count)}`.execute(db);
    if (rows.length === 0) break;
    // one by one: together they might exceed the topic's max.message.bytes
    for (const row of rows) await send(producer, row);
    count += (await mark(db, "replayed_at", rows)).length;
  }
  return count;
}

/** Marks an open letter as discarded; its row is kept. Undefined: there is no such open letter. */
export async function discardDeadLetter(db: Kysely<never>, id: string) {
  return isLetterId(id) ? (await mark(db, "discarded_at", [{ id }]))[0] : undefined;
}

/** With retries: a partition may be changing its leader, and only the operator would repeat the call. */
async function send(producer: EventProducer, letter: Letter): Promise<void> {
  const lastAtMs = performance.now() + againWithinMs;
  for (let tries = 1; ; tries++)
    try {
      return await producer.send([letter]);
    } catch (cause) {
      if (performance.now() > lastAtMs) throw new UnavailableError("kafka_unavailable", { cause });
      await pause(tries * 250);
    }
}

const actions = { replayed_at: "dead_letter.replayed", discarded_at: "dead_letter.discarded" };

async function mark(
  db: Kysely<never>,
  column: keyof typeof actions,
  letters: readonly Pick<Letter, "id">[],
) {
  const ids = letters.map(({ id }) => id);
  const { rows } = await sql<MarkedLetter>`
    with marked as (
      update dead_letters set ${sql.ref(column)} = now() where id = any(${ids}::text[]::bigint[]) and ${column === "discarded_at" ? isOpenLetter : sql`true`}
      returning id::text, topic, ${sql.ref(column)} as at
    ), audited as (${auditInsert({ action: actions[column], subject: sql`concat_ws(' ', topic, id)` }, sql`marked`)})
    select * from marked`.execute(db);
  return rows;
}
