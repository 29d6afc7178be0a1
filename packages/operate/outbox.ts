import { unclear, type CommandSpec, type ReadWords } from "@payflow/local-stack";
import { isUuid } from "@payflow/outbox";
import { publishAgain, readOutboxState, type EventSelection } from "@payflow/outbox/operate";
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
      return (places) => again(places, { eventIds: ids });
    }
    case "republish": {
      const at = new Date(since ?? "");
      if (Number.isNaN(at.getTime()) || ids.length > 0)
        throw unclear("republish needs --since and a time", usage);
      return (places) => again(places, { since: at.toISOString(), topic });
    }
    default:
      throw unclear("Say what to do with the outbox", usage);
  }
}

async function status(service: Service, { databases }: Places): Promise<Row> {
  const state = await readOutboxState(databases[service]);
  return {
    service,
    waiting: state.waiting,
    "oldest, seconds": state.oldestSeconds,
    "written last hour": state.writtenLastHour,
    relays: state.relays,
  };
}

async function again(places: Places, selection: EventSelection): Promise<Row[]> {
  return await Promise.all(
    services.map(async (service) => {
      const count = await publishAgain(places.databases[service], selection);
      return { service, "to be published again": count };
    }),
  );
}
