import { sql } from "kysely";
import { UserError } from "@payflow/local-stack";
import { services, takeOption, type Places, type Service } from "./places.ts";

const usage = `bun run outbox status                                 what waits, and since when
bun run outbox retry EVENT_ID …                       send these events once more
bun run outbox republish --since TIME [--topic NAME]  send all events written since then once more`;

type Row = Record<string, unknown>;

/** What waits in the outboxes, and sending again: readers take every event once, so a second copy does no harm. */
export async function outbox(
  words: readonly string[],
  places: Places,
): Promise<readonly Row[]> {
  const [action, ...rest] = words;
  const options = [...rest];
  switch (action) {
    case "status":
      return await Promise.all(
        services.map((service) => status(service, places)),
      );
    case "retry": {
      const notUuid = options.find((id) => !/^[0-9a-f-]{36}$/i.test(id));
      if (options.length === 0 || notUuid !== undefined) {
        throw new UserError(notUuid ? `"${notUuid}" is no event's id.` : usage);
      }
      return await sendAgain(
        places,
        () => sql`event_id = any(${options}::text[]::uuid[])`,
      );
    }
    case "republish": {
      const since = takeOption(options, "since");
      const topic = takeOption(options, "topic");
      const at = new Date(since ?? "");
      if (
        since === undefined ||
        Number.isNaN(at.getTime()) ||
        options.length > 0
      )
        throw new UserError(usage);
      const ofTopic = topic === undefined ? sql`true` : sql`topic = ${topic}`;
      return await sendAgain(
        places,
        () =>
          sql`created_at >= ${at.toISOString()}::timestamptz and ${ofTopic}`,
      );
    }
    default:
      throw new UserError(usage);
  }
}

async function status(service: Service, places: Places): Promise<Row> {
  const { rows } = await sql<Row>`
    select ${service}::text as service,
      count(*) filter (where published_at is null) as waiting,
      coalesce(date_trunc('second', now() - min(created_at) filter (where published_at is null))::text, '-') as oldest,
      count(*) filter (where published_at > now() - interval '1 hour') as "published last hour",
      (select count(*) from leases where name like 'relay:%' and expires_at > now()) as relays
    from outbox where published_at is null or published_at > now() - interval '1 hour'`.execute(
    places.databases[service],
  );
  return rows[0] ?? {};
}

async function sendAgain(
  places: Places,
  where: () => ReturnType<typeof sql>,
): Promise<Row[]> {
  return await Promise.all(
    services.map(async (service) => {
      const { numAffectedRows } = await sql`
        update outbox set published_at = null where published_at is not null and ${where()}`.execute(
        places.databases[service],
      );
      return { service, "to be sent again": Number(numAffectedRows ?? 0) };
    }),
  );
}
