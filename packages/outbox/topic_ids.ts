// A topic that is deleted and made anew keeps its name, and its offsets count from 0 again: an offset stored for the
// old one would pass over messages of the new one. Kafka (2.8 and later) gives each topic an id of its own; kafkajs
// does not ask for it, so this file does, over a connection of kafkajs's.
import type { Kafka } from "kafkajs";

/** By topic. Without those that do not exist, and empty when the broker is older than topic ids. */
export type TopicIds = ReadonlyMap<string, string>;

/** Of the Metadata request (https://kafka.apache.org/protocol#The_Messages_Metadata): the first version with ids. */
const metadataKey = 3;
const metadataVersion = 10;
const noId = "0".repeat(32);

type Cluster = {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  readonly brokerPool: { findConnectedBroker(): Promise<Broker> };
};
type Broker = {
  readonly versions: Readonly<
    Record<number, { readonly minVersion: number; readonly maxVersion: number }>
  >;
  readonly connectionPool: { send(exchange: object): Promise<unknown> };
};

/** Asks one broker for the ids of these topics. */
export async function readTopicIds(kafka: Kafka, topics: readonly string[]): Promise<TopicIds> {
  const cluster = clusterOf(kafka);
  await cluster.connect();
  try {
    const broker = await cluster.brokerPool.findConnectedBroker();
    const supported = broker.versions[metadataKey];
    if (
      supported === undefined ||
      supported.maxVersion < metadataVersion ||
      supported.minVersion > metadataVersion
    )
      return new Map();
    const ids = await broker.connectionPool.send({
      request: {
        apiKey: metadataKey,
        apiVersion: metadataVersion,
        apiName: "Metadata",
        encode: async () => {
          const buffer = metadataRequest(topics);
          return { buf: buffer, buffer };
        },
      },
      response: {
        decode: async (bytes: Buffer) => topicIdsOf(bytes),
        parse: (read: TopicIds) => read,
      },
    });
    return ids as TopicIds;
  } finally {
    await cluster.disconnect();
  }
}

/** kafkajs keeps what it connects by behind a symbol; its version is pinned, and a test reads ids through this. */
function clusterOf(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === "private:Kafka:createCluster",
  );
  const create = (kafka as never)[symbol as never] as unknown;
  if (typeof create !== "function")
    throw new Error("This version of kafkajs can't be asked for topic ids");
  return create({ allowAutoTopicCreation: false }) as Cluster;
}

/** What follows the client's id, with which kafkajs ends its header; the first byte is what newer headers end with. */
export function metadataRequest(topics: readonly string[]): Buffer {
  const noTags = Buffer.from([0]);
  return Buffer.concat([
    noTags,
    varint(topics.length + 1),
    ...topics.map((topic) =>
      Buffer.concat([
        Buffer.alloc(16),
        varint(Buffer.byteLength(topic) + 1),
        Buffer.from(topic),
        noTags,
      ]),
    ),
    // make none of them, and tell nothing of who may do what
    Buffer.from([0, 0, 0]),
    noTags,
  ]);
}

/** Reads the response up to its topics' ids. @throws RangeError when it is cut off */
export function topicIdsOf(response: Buffer): TopicIds {
  const ids = new Map<string, string>();
  let at = 0;
  const skip = (bytes: number) => {
    at += bytes;
  };
  function count(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = response.readUInt8(at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
  // compact lengths are one more than what they count, and 0 for null
  const list = (entry: () => void) => {
    for (let left = count() - 1; left > 0; left--) entry();
  };
  const text = (): string => {
    const length = Math.max(0, count() - 1);
    skip(length);
    return response.toString("utf8", at - length, at);
  };
  const tags = () => {
    for (let left = count(); left > 0; left--) {
      count();
      skip(count());
    }
  };
  tags();
  skip(4);
  list(() => {
    skip(4);
    text();
    skip(4);
    text();
    tags();
  });
  text();
  skip(4);
  list(() => {
    const error = response.readInt16BE(at);
    skip(2);
    const name = text();
    const id = response.toString("hex", at, at + 16);
    skip(16 + 1);
    if (error === 0 && id !== noId) ids.set(name, id);
    list(() => {
      skip(2 + 4 + 4 + 4);
      for (let of = 0; of < 3; of++) list(() => skip(4));
      tags();
    });
    skip(4);
    tags();
  });
  return ids;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
