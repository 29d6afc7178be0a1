import { sql, type Kysely } from "kysely";
import { isOpenLetter, letterCause } from "@payflow/outbox/operate";
import type { AttentionItem } from "../attention.ts";
import { messageFigures, readFigures } from "./database_figures.ts";

/** As the alerts of deploy/prometheus/alerts.yaml have them. */
const oldAfterSeconds = 60;
/** Causes of dead letters are told apart among so many open ones. */
const lettersMax = 1_000;
const causesMax = 20;

/**
 * What of a service's messages needs an operator, by the figures that raise alerts: dead letters by cause, events that
 * wait, a relay that is missing.
 */
export async function readMessageAttention(
  db: Kysely<never>,
  part: AttentionItem["part"],
): Promise<AttentionItem[]> {
  const [figures, letters, unsigned] = await Promise.all([
    readFigures(db, messageFigures),
    sql<{ said: string; count: number; since: string }>`
      select said, count(*) as count, min(created_at) as since
      from (select ${letterCause} as said, created_at from dead_letters where ${isOpenLetter}
        order by id desc limit ${lettersMax}) d
      group by said order by 2 desc, 1 limit ${causesMax}`.execute(db),
    sql<{ count: number; since: string | null; now: string }>`
      select coalesce(sum(refused), 0)::bigint as count, max(last_refused_at) as since, now() as now
      from unsigned_messages where last_refused_at > now() - interval '1 day'`.execute(db),
  ]);
  const figure = (name: string) =>
    figures[messageFigures.findIndex((one) => one.name === name)]?.[0]?.value ?? 0;
  const items = letters.rows.map((cause): AttentionItem => ({
    kind: "dead_letters",
    part,
    ...cause,
  }));
  const [refused] = unsigned.rows;
  const oldestSeconds = figure("payflow_outbox_oldest_seconds");
  if (oldestSeconds > oldAfterSeconds && refused) {
    const since = new Date(Date.parse(refused.now) - oldestSeconds * 1_000).toISOString();
    items.push({ kind: "outbox_old", part, since, count: figure("payflow_outbox_waiting") });
  }
  const unheld = figure("payflow_outbox_slots_unheld");
  if (unheld > 0) items.push({ kind: "relay_missing", part, since: null, count: unheld });
  if (refused && refused.count > 0)
    items.push({ kind: "unsigned_messages", part, since: refused.since, count: refused.count });
  return items;
}
