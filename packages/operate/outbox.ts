import { sql } from "kysely";
import { unclear, type CommandSpec, type ReadWords } from "@payflow/local-stack";
import { isUuid } from "@payflow/outbox";
import { services, type Places, type Service } from "./places.ts";

const usage = `bun run outbox status
bun run outbox retry EVENT_ID …
bun run outbox republish --since TIME [--topic NAME]

status      shows the events that are not yet published, and the oldest one's age
retry       publishes these events once more
republish   publishes all events written since TIME once more
Consumers handle every event once, so a second copy does no harm.`;

export const outboxCommand: CommandSpec = {
  usage,
  wordsMax: 1_000,
  options: { since: { type: "string" }, topic: { type: "string" } },
};

type Row = Record<string, unknown>;

/** Shows what is not yet published, or publishes events again. @throws UsageError for invalid arguments */
export function outbox({ words, values }: ReadWords): (places: Places) => Promise<readonly Row[]> {
  const [action, ...ids] = words;
  const { since, topic } = values;
  const plain = since === undefined && topic === undefined;
  switch (action) {
    case "status":
      if (ids.length > 0 || !plain) throw unclear("status takes no arguments", usage);
      return (places) => Promise.all(services.map((service) => status(service, places)));
    case "retry": {
      const notUuid = ids.find((id) => !isUuid(id.toLowerCase()));
      if (notUuid !== undefined) throw unclear(`"${notUuid}" is not an event id`, usage);
      if (ids.length === 0 || !plain) throw unclear("retry takes event ids", usage);
      return (places) => publishAgain(places, () => sql`event_id = any(${ids}::text[]::uuid[])`);
    }
    case "republish": {
      const at = new Date(since ?? "");
      if (Number.isNaN(at.getTime()) || ids.length > 0)
        throw unclear("republish needs --since and a time", usage);
      const ofTopic = topic === undefined ? sql`true` : sql`topic = ${topic}`;
      return (places) =>
        publishAgain(
          places,
          () => sql`created_at >= ${at.toISOString()}::timestamptz and ${ofTopic}`,
        );
    }
    default:
      throw unclear("Say what to do with the outbox", usage);
  }
}

async function status(service: Service, places: Places): Promise<Row> {
  const { rows } = await sql<Row>`
    select ${service}::text as service, count(*) as waiting,
      coalesce(date_trunc('second', now() - min(e.created_at))::text, '-') as oldest,
      (select count(*) from events where created_at > now() - interval '1 hour') as "written last hour",
      (select count(*) from leases where name like 'relay:%' and expires_at > now()) as relays
    from waiting_events join events e using (aggregate_id, version)`.execute(
    places.databases[service],
  );
  return rows[0] ?? {};
}

async function publishAgain(places: Places, where: () => ReturnType<typeof sql>): Promise<Row[]> {
  return await Promise.all(
    services.map(async (service) => {
      const { numAffectedRows } = await sql`
        insert into waiting_events (slot, aggregate_id, version)
        select slot, aggregate_id, version from outbox where not is_waiting and ${where()}
        order by created_at, version`.execute(places.databases[service]);
      return { service, "to be published again": Number(numAffectedRows ?? 0) };
    }),
  );
}
