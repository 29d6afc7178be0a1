import type { Admin, Kafka } from "kafkajs";
import { UserError, type Io, type Output, type ReadWords } from "@payflow/local-stack";
import { connectKafka } from "@payflow/outbox";
import { readKafkaSettings, silentLog } from "@payflow/shared/http";
import type { Work } from "../context.ts";
import { readStackFile } from "../stack/stack_file.ts";

export type KafkaPlace = {
  readonly kafka: Kafka;
  readonly admin: Admin;
  /** Prefix of the names of topics and groups (KAFKA_PREFIX). */
  readonly prefix: string;
};

/**
 * A command on the Kafka of the environment, else on that of the stack on this machine. Throws UserError when there is
 * neither, and when Kafka does not respond.
 */
export function withKafka(
  work: (given: ReadWords, place: KafkaPlace, io: Io) => Promise<Output | void>,
): Work {
  return async (given, { env, dataDir }, io) => {
    const brokers = env["KAFKA_BROKERS"] || readStackFile(dataDir).brokers;
    const settings = readKafkaSettings({ ...env, KAFKA_BROKERS: brokers }, "payflow-look");
    const kafka = connectKafka(settings, silentLog);
    const admin = kafka.admin({ retry: { retries: 1 } });
    try {
      await admin.connect();
      return await work(given, { kafka, admin, prefix: env["KAFKA_PREFIX"] ?? "" }, io);
    } catch (error) {
      if (error instanceof UserError) throw error;
      throw new UserError(
        `Kafka on ${brokers} does not answer correctly (${(error as Error).message}): check that it runs, and that KAFKA_TLS and KAFKA_SASL_… match its settings.`,
      );
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  };
}
