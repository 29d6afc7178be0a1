import { sql, type Kysely } from "kysely";
import type { AttentionItem } from "../attention.ts";
import { isOpenLetter, letterCause } from "./dead_letter_list.ts";
import { readOutboxDelay } from "./outbox_state.ts";

/** The same limit as in deploy/prometheus/alerts.yaml. */
const oldAfterSeconds = 60;
/** Only this many open dead letters are grouped by cause. */
const lettersMax = 1_000;
const causesMax = 20;

/** Messages that need an operator: dead letters by cause, events that wait too long, slots without a relay. */
export async function readMessageAttention(db: Kysely<never>, part: AttentionItem["part"]) {
  const [outbox, letters, unsigned] = await Promise.all([
    readOutboxDelay(db),
    sql<{ detail: string; count: number; since: string }>`
      select detail, count(*) as count, min(created_at) as since
      from (select ${letterCause} as detail, created_at from dead_letters where ${isOpenLetter}
        order by id desc limit ${lettersMax}) d
      group by detail order by 2 desc, 1 limit ${causesMax}`.execute(db),
    sql<{ count: number; since: string | null; now: string }>`
      select coalesce(sum(refused), 0)::bigint as count, max(last_refused_at) as since, now() as now
      from unsigned_messages where last_refused_at > now() - interval '1 day'`.execute(db),
  ]);
  const { oldestSeconds, unheldSlots, waiting } = outbox;
  const { count, since, now } = unsigned.rows[0] as (typeof unsigned.rows)[0];
  const oldest = new Date(Date.parse(now) - oldestSeconds * 1_000).toISOString();
  const found: (AttentionItem | false)[] = [
    ...letters.rows.map((cause): AttentionItem => ({ kind: "dead_letters", part, ...cause })),
    oldestSeconds > oldAfterSeconds && { kind: "outbox_old", part, since: oldest, count: waiting },
    unheldSlots > 0 && { kind: "relay_missing", part, since: null, count: unheldSlots },
    count > 0 && { kind: "unsigned_messages", part, since, count },
  ];
  return found.filter((item) => item !== false);
}
