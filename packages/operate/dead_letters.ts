import {
  confirmed,
  unclear,
  UserError,
  type CommandSpec,
  type ReadWords,
} from "@payflow/local-stack";
import { UnavailableError } from "@payflow/outbox";
import {
  deleteUnsigned,
  discardDeadLetter,
  findDeadLetter,
  listDeadLetters,
  replayDeadLetter,
} from "@payflow/outbox/operate";
import { services, type Places, type Service } from "./places.ts";

const usage = `bun run dead-letters list
bun run dead-letters show SERVICE ID
bun run dead-letters replay SERVICE ID
bun run dead-letters discard SERVICE ID|unsigned [--yes]

list      shows the messages that could not be handled, neither replayed nor discarded
show      shows one of them in full. SERVICE: order or payment
replay    sends it to its topic again, after its cause is fixed
discard   removes it from the list for good; its row is kept. Needs a confirmation, or --yes.
          unsigned: deletes all messages without a valid signature`;

export const deadLettersCommand: CommandSpec = {
  usage,
  wordsMax: 3,
  options: { yes: { type: "boolean" } },
};

type Row = Record<string, unknown>;
/** Lists, shows, replays or discards messages that could not be handled. @throws UsageError for invalid arguments */
export function deadLetters({
  words,
  flags,
}: ReadWords): (places: Places) => Promise<readonly Row[]> {
  const [action, service, id] = words;
  const yes = flags["yes"] === true;
  if (yes && action !== "discard") throw unclear("--yes is an option of discard", usage);
  if (action === "list" && service === undefined) {
    return async (places) => (await Promise.all(services.map((name) => list(name, places)))).flat();
  }
  if (isService(service) && action === "discard" && id === "unsigned")
    return (places) => discardUnsigned(places, service, yes);
  if (!isService(service) || id === undefined || !/^\d{1,18}$/.test(id))
    throw unclear("Say which dead letter, and what to do with it", usage);
  switch (action) {
    case "show":
      return (places) => show(places, service, id);
    case "replay":
      return (places) => replay(places, service, id);
    case "discard":
      return async (places) => {
        const loss = `Dead letter ${id} of ${service} will not be listed again.`;
        await confirmed(loss, { yes });
        const discarded = await discardDeadLetter(places.databases[service], id);
        if (discarded === undefined) throw unknown(service, id);
        return [{ id, topic: discarded.topic, discarded_at: discarded.at }];
      };
    default:
      throw unclear(`There is no command "${action ?? ""}"`, usage);
  }
}

function isService(name: string | undefined): name is Service {
  return services.includes(name as Service);
}

async function show({ databases }: Places, service: Service, id: string): Promise<Row[]> {
  const letter = await findDeadLetter(databases[service], id);
  if (letter === undefined) throw unknown(service, id);
  return Object.entries(letter).map(([field, value]) => ({ field, value }));
}

async function replay(places: Places, service: Service, id: string): Promise<Row[]> {
  const replaying = replayDeadLetter(places.databases[service], places.producer, id);
  const replayed = await replaying.catch((error: unknown) => {
    if (!(error instanceof UnavailableError) || error.code !== "kafka_unavailable") throw error;
    throw new UserError(
      `Kafka did not accept dead letter ${id}, which is kept: ${String(error.cause)}`,
    );
  });
  if (replayed === undefined) throw unknown(service, id);
  return [{ id, topic: replayed.topic, replayed_at: replayed.at }];
}

async function list(service: Service, { databases }: Places): Promise<Row[]> {
  const { rows } = await listDeadLetters(databases[service], { limit: 200 });
  return rows.map(({ id, topic, partition, offset, key, error, createdAt }) => {
    const where = { service, id, topic, partition, offset, key };
    return { ...where, error: error.slice(0, 80), created_at: createdAt };
  });
}

async function discardUnsigned(
  { databases }: Places,
  service: Service,
  yes: boolean,
): Promise<readonly Row[]> {
  const loss = `All dead letters of ${service} without a valid signature will be deleted.`;
  await confirmed(loss, { yes });
  return [{ service, deleted: await deleteUnsigned(databases[service]) }];
}

function unknown(service: string | undefined, id: string | undefined): UserError {
  return new UserError(
    `There is no dead letter ${id} of ${service}: bun run dead-letters list shows them.`,
  );
}
