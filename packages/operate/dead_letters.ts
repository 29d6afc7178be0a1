import { sql } from "kysely";
import { UserError } from "@payflow/local-stack";
import { services, type Places, type Service } from "./places.ts";

const usage = `bun run dead-letters list                messages that could not be handled
bun run dead-letters show SERVICE ID     one of them, whole
bun run dead-letters replay SERVICE ID   send it to its topic once more, when its cause is mended
bun run dead-letters discard SERVICE ID  put it aside for good; the row stays`;

type Row = Record<string, unknown>;
type Letter = {
  topic: string;
  key: string | null;
  /** In base64: a message may be no text. */
  value: string | null;
  headers: string;
};

/** Lists, shows, replays and discards messages that could not be handled. */
export async function deadLetters(
  words: readonly string[],
  places: Places,
): Promise<readonly Row[]> {
  const [action, service, id, ...rest] = words;
  if (action === "list" && service === undefined) {
    return (
      await Promise.all(services.map((name) => list(name, places)))
    ).flat();
  }
  const isKnown =
    services.includes(service as Service) &&
    /^\d{1,18}$/.test(id ?? "") &&
    rest.length === 0;
  if (!isKnown) throw new UserError(usage);
  const db = places.databases[service as Service];
  switch (action) {
    case "show": {
      const { rows } = await sql<Row>`
        select topic, partition, message_offset as offset, key, encode(value, 'base64') as value, headers, error,
          created_at, replayed_at, discarded_at from dead_letters where id = ${id}::bigint`.execute(
        db,
      );
      const [letter] = rows;
      if (letter === undefined) throw unknown(service, id);
      const value = readable(bytes(letter["value"] as string | null));
      return Object.entries({ ...letter, value }).map(([field, shown]) => ({
        field,
        value: shown,
      }));
    }
    case "replay": {
      const { rows } = await sql<Letter>`
        select topic, key, encode(value, 'base64') as value, headers::text as headers
        from dead_letters where id = ${id}::bigint`.execute(db);
      const [letter] = rows;
      if (letter === undefined) throw unknown(service, id);
      const message = { ...letter, value: bytes(letter.value) };
      await places.producer.send([message]).catch((error: unknown) => {
        throw new UserError(
          `Kafka did not take dead letter ${id}, which stays: ${String(error)}`,
        );
      });
      return await mark(db, "replayed_at", id as string);
    }
    case "discard":
      return await mark(db, "discarded_at", id as string);
    default:
      throw new UserError(usage);
  }
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

async function mark(
  db: Places["databases"][Service],
  column: string,
  id: string,
): Promise<Row[]> {
  const { rows } = await sql<Row>`
    update dead_letters set ${sql.ref(column)} = now() where id = ${id}::bigint
    returning id, topic, ${sql.ref(column)}`.execute(db);
  if (rows.length === 0) throw unknown("this service", id);
  return rows;
}

function bytes(base64: string | null): Buffer | null {
  return base64 === null ? null : Buffer.from(base64, "base64");
}

/** As text, without what a terminal would obey; what is no text as PostgreSQL writes bytes. */
function readable(value: Buffer | null): string | null {
  if (value === null) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(value);
    return text.replaceAll(/\p{Cc}/gu, (control) =>
      control === "\n" ? control : "\ufffd",
    );
  } catch {
    return `\\x${value.toString("hex")}`;
  }
}

function unknown(
  service: string | undefined,
  id: string | undefined,
): UserError {
  return new UserError(
    `There is no dead letter ${id} of ${service}: bun run dead-letters list shows them.`,
  );
}
