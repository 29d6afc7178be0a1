import { sql, type Kysely, type RawBuilder } from "kysely";
import type { ListedLetter, ShownLetter } from "../operated_messages.ts";
import { pageOf, type Page } from "../page.ts";

const pageMax = 50;
/** The most rows that one page of a search reads. */
const searchedMax = 5_000;
const lastId = "9223372036854775807";

/** Letters with the same value have the same cause. */
export const letterCause = sql`left(error, 500)`;
const listed = sql`id::text, topic, partition, message_offset::text as "offset", key, ${letterCause} as error,
  is_signed as "isSigned", created_at as "createdAt", replayed_at as "replayedAt", discarded_at as "discardedAt"`;
export const isOpenLetter = sql`replayed_at is null and discarded_at is null`;

/** Newest first. `q`: a key, a letter's id, or a part of topic, key or error. An empty page may have a next page. */
export async function listDeadLetters(
  db: Kysely<never>,
  options: {
    readonly state?: "open" | "all" | undefined;
    readonly q?: string | undefined;
    readonly after?: string | undefined;
    readonly limit?: number;
  } = {},
): Promise<Page<ListedLetter>> {
  const { state = "open", q = "", after = "", limit = pageMax } = options;
  const isListed = state === "open" ? isOpenLetter : sql`true`;
  const isBehind = sql`id < ${isLetterId(after) ? after : lastId}::bigint`;
  const read = async (letters: RawBuilder<unknown>, where: RawBuilder<unknown>) => {
    const { rows } = await sql<ListedLetter>`
      select ${listed} from ${letters} d where ${where}
      order by d.id desc limit ${limit + 1}`.execute(db);
    return pageOf(rows, limit, ({ id }) => id);
  };
  if (q === "") return await read(sql`dead_letters`, sql`${isBehind} and ${isListed}`);
  // limited before `isListed` applies: with that condition inside, the planner would scan the index of open letters
  const ofKey = sql`(select * from dead_letters where md5(key) = md5(${q}) and key = ${q} and ${isBehind}
    order by id desc limit ${searchedMax})`;
  const found = await read(ofKey, isListed);
  if (found.rows.length > 0) return found;
  const { rows } = await sql<{ id: string | null; isEnd: boolean }>`
    select min(id)::text as id, count(*) < ${searchedMax} as "isEnd" from (
      select id from dead_letters where ${isBehind} and ${isListed} order by id desc limit ${searchedMax}
    ) searched`.execute(db);
  const { id = null, isEnd = true } = rows[0] ?? {};
  const isFound = sql`id::text = ${q} or strpos(lower(concat_ws(' ', topic, key, error)), lower(${q})) > 0`;
  const isSearched = sql`${isBehind} and id >= ${id ?? lastId}::bigint and ${isListed}`;
  const page = await read(sql`dead_letters`, sql`${isSearched} and (${isFound})`);
  return page.next === null && !isEnd ? { ...page, next: id } : page;
}

/** Undefined: not found. */
export async function findDeadLetter(
  db: Kysely<never>,
  id: string,
): Promise<ShownLetter | undefined> {
  if (!isLetterId(id)) return undefined;
  const { rows } = await sql<ShownLetter & { readonly bytes: Buffer | null }>`
    select ${listed}, error, value as bytes, headers
    from dead_letters where id = ${id}::bigint`.execute(db);
  return rows.map(({ bytes, ...letter }) => ({ ...letter, value: readable(bytes) }))[0];
}

export function isLetterId(text: string): boolean {
  return /^\d{1,18}$/.test(text);
}

function readable(value: Buffer | null): string | null {
  if (value === null) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(value);
    return text.replaceAll(/\p{Cc}/gu, (control) => (control === "\n" ? control : "\ufffd"));
  } catch {
    return `\\x${value.toString("hex")}`;
  }
}
