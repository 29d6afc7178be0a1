// A topic that is deleted and created anew keeps its name, and its offsets count from 0 again: an offset stored for the
// old one would skip messages of the new one. Kafka (2.8 and later) gives each topic an id. kafkajs does not read it, so
// this file does, over a connection of kafkajs and with its encoder and decoder; its version is pinned.
import { createRequire } from "node:module";
import type { Kafka } from "kafkajs";

/** By topic. Without topics that do not exist, and empty when the broker is older than topic ids. */
export type TopicIds = ReadonlyMap<string, string>;

/** The Metadata request (https://kafka.apache.org/protocol#The_Messages_Metadata): the first version with ids. */
const metadataKey = 3;
const metadataVersion = 10;
const noId = "0".repeat(32);

type Cluster = {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  readonly brokerPool: { findConnectedBroker(): Promise<Broker> };
};
type Broker = {
  readonly versions: Readonly<Record<number, { minVersion: number; maxVersion: number }>>;
  readonly connectionPool: { send(exchange: object): Promise<unknown> };
};
type Encoder = Readonly<
  Record<"writeInt8" | "writeUVarInt", (value: number) => Encoder> & {
    writeUVarIntString(value: string): Encoder;
  }
>;
type Decoder = Record<"readInt8" | "readInt16" | "readInt32" | "readUVarInt", () => number> & {
  readUVarIntString(): string | null;
  readBytes(length: number): Buffer;
  readUVarIntArray(item: () => void): void;
};
const load = createRequire(import.meta.url);
const newEncoder = (): Encoder => new (load("kafkajs/src/protocol/encoder"))();
const newDecoder = (bytes: Buffer): Decoder => new (load("kafkajs/src/protocol/decoder"))(bytes);

/** Reads the ids of these topics from one broker. */
export async function readTopicIds(kafka: Kafka, topics: readonly string[]): Promise<TopicIds> {
  const cluster = clusterOf(kafka);
  await cluster.connect();
  try {
    const broker = await cluster.brokerPool.findConnectedBroker();
    const { minVersion = 1, maxVersion = 0 } = broker.versions[metadataKey] ?? {};
    if (maxVersion < metadataVersion || minVersion > metadataVersion) return new Map();
    const ids = await broker.connectionPool.send({
      request: {
        apiKey: metadataKey,
        apiVersion: metadataVersion,
        apiName: "Metadata",
        encode: async () => metadataRequest(topics),
      },
      response: {
        decode: async (bytes: Buffer) => topicIdsOf(newDecoder(bytes)),
        parse: (read: TopicIds) => read,
      },
    });
    return ids as TopicIds;
  } finally {
    await cluster.disconnect();
  }
}

/** kafkajs keeps the function that connects behind a symbol. */
function clusterOf(kafka: Kafka): Cluster {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === "private:Kafka:createCluster",
  );
  const create = (kafka as never)[symbol as never] as unknown;
  if (typeof create !== "function")
    throw new Error("This version of kafkajs can't read the ids of topics");
  return create({ allowAutoTopicCreation: false }) as Cluster;
}

/** The first byte, no tags, ends the header, which kafkajs ends with the client's id as older versions did. */
function metadataRequest(topics: readonly string[]): Encoder {
  const request = newEncoder()
    .writeUVarInt(0)
    .writeUVarInt(topics.length + 1);
  for (const topic of topics) {
    for (let byte = 0; byte < 16; byte++) request.writeInt8(0); // by name, not by id
    request.writeUVarIntString(topic).writeUVarInt(0);
  }
  // creates no topic, and leaves out who may do what; no tags
  return request.writeInt8(0).writeInt8(0).writeInt8(0).writeUVarInt(0);
}

function topicIdsOf(response: Decoder): TopicIds {
  const ids = new Map<string, string>();
  const skipTags = () => {
    for (let left = response.readUVarInt(); left > 0; left--) {
      response.readUVarInt();
      response.readBytes(response.readUVarInt());
    }
  };
  skipTags();
  response.readInt32(); // throttle time
  response.readUVarIntArray(() => {
    response.readInt32(); // a broker's id
    response.readUVarIntString(); // host
    response.readInt32(); // port
    response.readUVarIntString(); // rack
    skipTags();
  });
  response.readUVarIntString(); // cluster id
  response.readInt32(); // controller
  response.readUVarIntArray(() => {
    const error = response.readInt16();
    const name = response.readUVarIntString() ?? "";
    const id = response.readBytes(16).toString("hex");
    if (error === 0 && id !== noId) ids.set(name, id);
    response.readInt8(); // is internal
    response.readUVarIntArray(() => {
      response.readBytes(2 + 3 * 4); // error, partition, leader, leader epoch
      for (let list = 0; list < 3; list++)
        response.readUVarIntArray(response.readInt32.bind(response));
      skipTags();
    });
    response.readInt32(); // authorized operations
    skipTags();
  });
  return ids;
}
