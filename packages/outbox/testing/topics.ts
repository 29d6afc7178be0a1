import { connect } from "node:net";
import type { ISocketFactory, Kafka } from "kafkajs";
import { eventually } from "@payflow/local-stack/testing";
import { eventSignatures } from "../event_signature.ts";

export const signatures = eventSignatures({ current: "internal-key-of-the-tests", accepted: [] });

export type Read = {
  readonly eventId: string;
  readonly key: string;
  readonly version: number;
  readonly value: string;
};

/** Reads topics from their beginning with a group of its own, until `close()`. */
export async function readTopics(
  kafka: Kafka,
  topics: readonly string[],
): Promise<{
  readonly read: readonly Read[];
  /** Resolves when `count` different events were read, each one or more times. */
  readonly holds: (count: number) => Promise<unknown>;
  close(): Promise<void>;
}> {
  const read: Read[] = [];
  const consumer = kafka.consumer({
    groupId: `${topics[0]}-reader`,
    maxWaitTimeInMs: 50,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [...topics], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const value = String(message.value);
      const { version } = JSON.parse(value);
      const eventId = String(message.headers?.["ce_id"]);
      read.push({ eventId, key: String(message.key), version, value });
    },
  });
  return {
    read,
    holds: (count) =>
      eventually(() => new Set(read.map(({ eventId }) => eventId)).size >= count, {
        what: `${count} events in the topic`,
        timeoutMs: 40_000,
      }),
    close: () => consumer.disconnect(),
  };
}

/** Keys whose versions were read out of order; repeated versions are allowed. */
export function overtaken(read: readonly Read[]): readonly string[] {
  const first = new Map<string, number>();
  return read.flatMap(({ key, version }) => {
    const last = first.get(key) ?? 0;
    if (version <= last) return [];
    first.set(key, version);
    return version === last + 1 ? [] : [`${key} ${last} → ${version}`];
  });
}

/** Connects to every broker through the proxy on this port. */
export function socketsThrough(port: number): ISocketFactory {
  return ({ onConnect }) => {
    const socket = connect(port, "127.0.0.1", onConnect);
    socket.setKeepAlive(true);
    return socket;
  };
}
