import type { Kysely } from "kysely";
import postgres from "postgres";
import { UserError, type Io, type Output, type ReadWords } from "@payflow/local-stack";
import type { Context, Work } from "./context.ts";
import { asOperator } from "./operator.ts";
import { readStackFile } from "./stack/stack_file.ts";
import {
  asUnavailable,
  openDatabase,
  parseDatabaseAddress,
  type DatabaseAddress,
} from "@payflow/database";
import { connectKafka, createEventProducer, type EventProducer } from "@payflow/outbox";
import { readKafkaSettings, silentLog, withSecretFiles } from "@payflow/shared/http";

export type Service = "order" | "payment";
export const services: readonly Service[] = ["order", "payment"];

/** Connections to the two databases and to Kafka. */
export type Places = {
  readonly databases: Readonly<Record<Service, Kysely<never>>>;
  /** Connects on the first send. */
  readonly producer: EventProducer;
  close(): Promise<void>;
};

/**
 * Connects to the servers in the environment (ORDER_DATABASE_URL, PAYMENT_DATABASE_URL, KAFKA_BROKERS), otherwise to
 * those of the stack that runs on `dataDir`. KAFKA_TLS and KAFKA_SASL_… apply in both cases. Throws UserError when
 * there is neither and for an invalid address, ConfigError when the environment is invalid otherwise.
 */
export function openPlaces(
  env: Readonly<Record<string, string | undefined>>,
  dataDir: string,
): Places {
  const {
    ORDER_DATABASE_URL: order,
    PAYMENT_DATABASE_URL: payment,
    KAFKA_BROKERS: brokers,
  } = withSecretFiles(env);
  const given =
    order && payment && brokers
      ? { orderDatabase: order, paymentDatabase: payment, brokers }
      : undefined;
  const { orderDatabase, paymentDatabase, brokers: addresses } = given ?? readStackFile(dataDir);
  const kafka = readKafkaSettings({ ...env, KAFKA_BROKERS: addresses }, "payflow-operate");
  const open = (service: Service, url: string) => {
    databaseAddress(service, url);
    return openDatabase({ url, applicationName: "payflow-operate", poolMax: 2 });
  };
  const databases = {
    order: open("order", orderDatabase),
    payment: open("payment", paymentDatabase),
  };
  const producer = createEventProducer(connectKafka(kafka, silentLog), kafka.prefix);
  return {
    databases: { order: databases.order.kysely, payment: databases.payment.kysely },
    producer,
    async close() {
      await Promise.allSettled([
        databases.order.close(),
        databases.payment.close(),
        producer.close(),
      ]);
    },
  };
}

/** Throws UserError that names the setting. */
export function databaseAddress(service: Service, url: string): DatabaseAddress {
  try {
    return parseDatabaseAddress(url);
  } catch (error) {
    throw new UserError(`${service.toUpperCase()}_DATABASE_URL ${(error as Error).message}.`);
  }
}

type PlacesWork = (given: ReadWords, places: Places, io: Io) => Promise<Output | void>;

/**
 * A command on the databases and Kafka, with the operator as actor. Connections are opened on first use and closed after
 * the command.
 */
export function withPlaces(work: PlacesWork): Work {
  return async (given, { env, dataDir }: Context, io) => {
    let opened: Places | undefined;
    const open = () => (opened ??= openPlaces(env, dataDir));
    const places: Places = {
      get databases() {
        return open().databases;
      },
      get producer() {
        return open().producer;
      },
      close: async () => await opened?.close(),
    };
    try {
      return await asOperator(() => work(given, places, io));
    } catch (error) {
      throw asAway(error);
    } finally {
      await places.close();
    }
  };
}

/** Turns an unavailable database, or one without our tables, into a UserError: a stack trace would not help. */
function asAway(error: unknown): unknown {
  // undefined_table and undefined_column: https://www.postgresql.org/docs/current/errcodes-appendix.html
  if (error instanceof postgres.PostgresError && ["42P01", "42703"].includes(error.code))
    return new UserError(
      `A database does not have the tables of this version (${error.message}): its service creates and migrates them when it starts. bun run doctor says what is missing.`,
    );
  const away = asUnavailable(error);
  if (away?.code !== "database_unavailable") return error;
  return databaseAway((away.cause ?? away) as Error);
}

/** The UserError for a database that does not respond. */
export function databaseAway({ message }: Error): UserError {
  return new UserError(
    `A database does not respond (${message}): check that PostgreSQL runs at ORDER_DATABASE_URL and PAYMENT_DATABASE_URL, or start the stack by bun start. bun run doctor shows which one it is.`,
  );
}
