import { sql } from "kysely";
import {
  confirmed,
  unclear,
  UserError,
  type CommandSpec,
  type ReadWords,
} from "@payflow/local-stack";
import { services, type Places, type Service } from "./places.ts";

const usage = `bun run dead-letters list
bun run dead-letters show SERVICE ID
bun run dead-letters replay SERVICE ID
bun run dead-letters discard SERVICE ID|unsigned [--yes]

list      shows the messages that could not be handled
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
type Letter = {
  topic: string;
  key: string | null;
  /** In base64: a message need not be text. */
  value: string | null;
  headers: Readonly<Record<string, string>>;
};

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
      return (places) => show(places.databases[service], service, id);
    case "replay":
      return (places) => replay(places, service, id);
    case "discard":
      return async (places) => {
        const loss = `Dead letter ${id} of ${service} will not be listed again.`;
        await confirmed(loss, { yes });
        return await mark(places.databases[service], "discarded_at", id);
      };
    default:
      throw unclear(`There is no command "${action ?? ""}"`, usage);
  }
}

function isService(name: string | undefined): name is Service {
  return services.includes(name as Service);
}

type Database = Places["databases"][Service];

async function show(db: Database, service: Service, id: string): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select topic, partition, message_offset as offset, key, encode(value, 'base64') as value, headers, error,
      created_at, replayed_at, discarded_at from dead_letters where id = ${id}::bigint`.execute(db);
  const [letter] = rows;
  if (letter === undefined) throw unknown(service, id);
  const value = readable(bytes(letter["value"] as string | null));
  return Object.entries({ ...letter, value }).map(([field, shown]) => ({ field, value: shown }));
}

async function replay(places: Places, service: Service, id: string): Promise<Row[]> {
  const db = places.databases[service];
  const { rows } = await sql<Letter>`
    select topic, key, encode(value, 'base64') as value, headers
    from dead_letters where id = ${id}::bigint`.execute(db);
  const [letter] = rows;
  if (letter === undefined) throw unknown(service, id);
  const message = { ...letter, value: bytes(letter.value) };
  await places.producer.send([message]).catch((error: unknown) => {
    throw new UserError(`Kafka did not accept dead letter ${id}, which is kept: ${String(error)}`);
  });
  return await mark(db, "replayed_at", id);
}

async function list(service: Service, places: Places): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select ${service}::text as service, id, topic, partition, message_offset as offset, key, left(error, 80) as error,
      created_at, replayed_at
    from dead_letters where discarded_at is null order by id desc limit 200`.execute(
    places.databases[service],
  );
  return rows;
}

async function discardUnsigned(
  places: Places,
  service: Service,
  yes: boolean,
): Promise<readonly Row[]> {
  const loss = `All dead letters of ${service} without a valid signature will be deleted.`;
  await confirmed(loss, { yes });
  const { rows } = await sql`
    delete from dead_letters where not is_signed returning 1`.execute(places.databases[service]);
  return [{ service, deleted: rows.length }];
}

async function mark(db: Database, column: string, id: string): Promise<Row[]> {
  const { rows } = await sql<Row>`
    update dead_letters set ${sql.ref(column)} = now() where id = ${id}::bigint
    returning id, topic, ${sql.ref(column)}`.execute(db);
  if (rows.length === 0) throw unknown("this service", id);
  return rows;
}

function bytes(base64: string | null): Buffer | null {
  return base64 === null ? null : Buffer.from(base64, "base64");
}

/** As text without control characters; bytes that are not UTF-8 in PostgreSQL's hex format. */
function readable(value: Buffer | null): string | null {
  if (value === null) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(value);
    return text.replaceAll(/\p{Cc}/gu, (control) => (control === "\n" ? control : "\ufffd"));
  } catch {
    return `\\x${value.toString("hex")}`;
  }
}

function unknown(service: string | undefined, id: string | undefined): UserError {
  return new UserError(
    `There is no dead letter ${id} of ${service}: bun run dead-letters list shows them.`,
  );
}
