import type { Kysely } from "kysely";
import { readStackFile, UserError } from "@payflow/local-stack";
import {
  connectKafka,
  createEventProducer,
  openDatabase,
  silentLog,
  type EventProducer,
} from "@payflow/shared/runtime";

export type Service = "order" | "payment";
export const services: readonly Service[] = ["order", "payment"];

/** Where the two databases and Kafka are. */
export type Places = {
  readonly databases: Readonly<Record<Service, Kysely<never>>>;
  /** Connects at its first send. */
  readonly producer: EventProducer;
  close(): Promise<void>;
};

/**
 * Opens what the environment names (ORDER_DATABASE_URL, PAYMENT_DATABASE_URL, KAFKA_BROKERS), else what the stack that
 * runs on `dataDir` has. Throws UserError when there is neither.
 */
export function openPlaces(
  env: Readonly<Record<string, string | undefined>>,
  dataDir: string,
): Places {
  const {
    ORDER_DATABASE_URL: order,
    PAYMENT_DATABASE_URL: payment,
    KAFKA_BROKERS: brokers,
  } = env;
  const given =
    order && payment && brokers
      ? { orderDatabase: order, paymentDatabase: payment, brokers }
      : undefined;
  const {
    orderDatabase,
    paymentDatabase,
    brokers: addresses,
  } = given ?? readStackFile(dataDir);
  const open = (url: string) =>
    openDatabase<never>({
      url,
      applicationName: "payflow-operate",
      poolMax: 2,
    });
  const databases = {
    order: open(orderDatabase),
    payment: open(paymentDatabase),
  };
  const settings = {
    brokers: addresses.split(","),
    clientId: "payflow-operate",
  };
  const producer = createEventProducer(
    connectKafka(settings, silentLog),
    env["KAFKA_PREFIX"] ?? "",
  );
  return {
    databases: {
      order: databases.order.kysely,
      payment: databases.payment.kysely,
    },
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

/** Takes `--name value` out of the words; undefined when it is not there. Throws UserError without a value. */
export function takeOption(words: string[], name: string): string | undefined {
  const at = words.indexOf(`--${name}`);
  if (at < 0) return undefined;
  const [, value] = words.splice(at, 2);
  if (value === undefined || value.startsWith("--"))
    throw new UserError(`--${name} needs a value.`);
  return value;
}
