import { sql, type Kysely } from "kysely";
import { confirmed, listed, shown, UsageError, UserError, wholeNumber } from "@payflow/local-stack";
import type { ListedLetter } from "@payflow/back-office";
import { UnavailableError } from "@payflow/database";
import { auditInsert, withReason } from "@payflow/outbox";
import {
  discardDeadLetter,
  findDeadLetter,
  isLetterId,
  listDeadLetters,
  replayCause,
  replayDeadLetter,
  replayedMax,
} from "@payflow/back-office/messages";
import { services, withPlaces, type Places, type Service } from "./places.ts";

/** Lists dead letters, newest first; `--search` finds by key, id or a part of topic, key or error. */
export const list = withPlaces(async ({ values, flags }, places) => {
  const limit = wholeNumber("limit", values["limit"] ?? "");
  const search = { q: values["search"], state: flags["all"] ? "all" : "open" } as const;
  const letters = services.map(async (service) => {
    const found: ListedLetter[] = [];
    let after: string | undefined;
    do {
      const size = Math.min(200, limit - found.length);
      const page = await listDeadLetters(places.databases[service], {
        ...search,
        after,
        limit: size,
      });
      found.push(...page.rows);
      after = page.next ?? undefined;
    } while (after !== undefined && found.length < limit);
    return found.map((letter) => ({ service, ...letter, error: letter.error.slice(0, 80) }));
  });
  return listed((await Promise.all(letters)).flat());
});

/** Shows one dead letter in full. */
export const show = withPlaces(async ({ words }, { databases }) => {
  const { service, id } = named(words);
  const letter = await findDeadLetter(databases[service], id);
  if (letter === undefined) throw unknown(service, id);
  return shown({ service, ...letter });
});

/** Replays one dead letter, or all open ones with the same error. */
export const replay = withPlaces(async ({ words, flags }, places) => {
  const { service, id } = named(words);
  if (flags["same-cause"]) return await replayAlike(places, service, id);
  const db = places.databases[service];
  const replayed = await replayDeadLetter(db, places.producer, id).catch(asRefused);
  if (replayed === undefined) throw unknown(service, id);
  return shown({ service, id, topic: replayed.topic, replayedAt: replayed.at });
});

async function replayAlike(places: Places, service: Service, id: string) {
  const db = places.databases[service];
  const letter = await findDeadLetter(db, id);
  if (letter === undefined) throw unknown(service, id);
  const replayed = await replayCause(db, places.producer, letter.error).catch(asRefused);
  return shown({ service, error: letter.error, replayed, mayHaveMore: replayed >= replayedMax });
}

/** Discards one dead letter, or deletes all without a valid signature, after a confirmation. */
export const discard = withPlaces(async (given, { databases }) => {
  const { words, flags } = given;
  const yes = flags["yes"] === true;
  if (words[1] === "unsigned") {
    const service = words[0] as Service;
    await confirmed(`All dead letters of ${service} without a valid signature will be deleted.`, {
      yes,
    });
    return shown({
      service,
      deleted: await withReason(given.values["reason"], () => deleteUnsigned(databases[service])),
    });
  }
  const { service, id } = named(words);
  await confirmed(`Dead letter ${id} of ${service} will not be listed again.`, { yes });
  const discarded = await withReason(given.values["reason"], () =>
    discardDeadLetter(databases[service], id),
  );
  if (discarded === undefined) throw unknown(service, id);
  return shown({ service, id, topic: discarded.topic, discardedAt: discarded.at });
});

/** Deletes all letters without a valid signature; returns how many. */
async function deleteUnsigned(db: Kysely<never>): Promise<number> {
  const subject = sql`concat(deleted, ' without a valid signature')`;
  const entry = { action: "dead_letters.deleted", subject };
  const audited = auditInsert(entry, sql`counted where deleted > 0`);
  const { rows } = await sql<{ deleted: number }>`
    with gone as (delete from dead_letters where not is_signed returning 1),
    counted as (select count(*)::integer as deleted from gone), audited as (${audited})
    select deleted from counted`.execute(db);
  return rows[0]?.deleted ?? 0;
}

function named([service, id = ""]: readonly string[]): { service: Service; id: string } {
  if (!isLetterId(id)) throw new UsageError(`"${id}" is not the id of a dead letter`);
  return { service: service as Service, id };
}

function asRefused(error: unknown): never {
  if (!(error instanceof UnavailableError) || error.code !== "kafka_unavailable") throw error;
  throw new UserError(
    `Kafka did not accept a dead letter, which is kept; run this again once Kafka responds: ${String(error.cause)}`,
  );
}

function unknown(service: string, id: string): UserError {
  return new UserError(
    `There is no dead letter ${id} of ${service}: bun run dead-letters list shows them.`,
  );
}
