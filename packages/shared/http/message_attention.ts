import { sql, type Kysely } from "kysely";
import { pause } from "@payflow/outbox";
import { isOpenLetter, letterCause } from "@payflow/outbox/operate";
import type { AttentionItem } from "../attention.ts";
import { messageFigures, readFigures } from "./database_figures.ts";

/** As the alerts of deploy/prometheus/alerts.yaml have them. */
const oldAfterSeconds = 60;
const lagMax = 1_000;
/** Causes of dead letters are told apart among so many open ones. */
const lettersMax = 1_000;
const causesMax = 20;
const kafkaWaitMs = 2_000;

/**
 * What of a service's messages needs an operator, by the figures that raise alerts: dead letters by cause, events that
 * wait, a relay that is missing, messages that are not handled yet. While Kafka is away the last are missing.
 */
export async function readMessageAttention(
  db: Kysely<never>,
  part: AttentionItem["part"],
  readLag: () => Promise<ReadonlyMap<string, number>> = async () => nothing,
): Promise<AttentionItem[]> {
  const [figures, letters, unsigned, lags] = await Promise.all([
    readFigures(db, messageFigures),
    sql<{ said: string; count: number; since: string }>`
      select said, count(*) as count, min(created_at) as since
      from (select ${letterCause} as said, created_at from dead_letters where ${isOpenLetter}
        order by id desc limit ${lettersMax}) d
      group by said order by 2 desc, 1 limit ${causesMax}`.execute(db),
    sql<{ count: number; since: string | null; now: string }>`
      select coalesce(sum(refused), 0)::bigint as count, max(last_refused_at) as since, now() as now
      from unsigned_messages where last_refused_at > now() - interval '1 day'`.execute(db),
    withinKafkasTime(readLag()),
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
  for (const [topic, count] of lags)
    if (count > lagMax)
      items.push({ kind: "consumer_behind", part, since: null, count, said: topic });
  if (refused && refused.count > 0)
    items.push({ kind: "unsigned_messages", part, since: refused.since, count: refused.count });
  return items;
}

async function withinKafkasTime(
  lags: Promise<ReadonlyMap<string, number>>,
): Promise<ReadonlyMap<string, number>> {
  const read = new AbortController();
  const late = pause(kafkaWaitMs, read.signal).then(() => nothing);
  return Promise.race([lags, late])
    .catch(() => nothing)
    .finally(() => read.abort());
}
const nothing: ReadonlyMap<string, number> = new Map();
