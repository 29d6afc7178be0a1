// A recreated topic keeps its name and counts its offsets from 0 again: an offset stored for the deleted one would skip
// messages. Kafka (2.8 and later) gives each topic an id, which kafkajs does not read. This file reads it over kafkajs's
// internal connections, encoder and decoder; the version of kafkajs is pinned.
import { createRequire } from "node:module";
import type { Kafka } from "kafkajs";

/** Ids by topic, without missing topics; empty when the broker is too old for topic ids. */
export type TopicIds = ReadonlyMap<string, string>;

/** The Metadata request (https://kafka.apache.org/protocol#The_Messages_Metadata): the first version with ids. */
const metadataKey = 3;
const metadataVersion = 10;
const noId = "0".repeat(32);

type Broker = {
  readonly versions: Readonly<Record<number, { minVersion: number; maxVersion: number }>>;
  readonly connectionPool: { send(exchange: object): Promise<string> };
};
type Encoder = Record<"writeInt8" | "writeUVarInt", (value: number) => Encoder> & {
  writeUVarIntString(value: string): Encoder;
};
type Decoder = Record<"readInt16" | "readInt32" | "readUVarInt", () => number> & {
  readUVarIntString(): string | null;
  readBytes(length: number): Buffer;
  readUVarIntArray(item: () => void): void;
};
const load = createRequire(import.meta.url);
const newEncoder = (): Encoder => new (load("kafkajs/src/protocol/encoder"))();
const newDecoder = (bytes: Buffer): Decoder => new (load("kafkajs/src/protocol/decoder"))(bytes);

/** Reads the ids of these topics from one broker. */
export function readTopicIds(kafka: Kafka, topics: readonly string[]): Promise<TopicIds> {
  type Cluster = { brokerPool: { findConnectedBroker(): Promise<Broker> } };
  return withCluster(kafka, async ({ brokerPool }: Cluster) => {
    const { versions, connectionPool } = await brokerPool.findConnectedBroker();
    const { minVersion = 1, maxVersion = 0 } = versions[metadataKey] ?? {};
    if (maxVersion < metadataVersion || minVersion > metadataVersion) return new Map();
    const request = { apiKey: metadataKey, apiVersion: metadataVersion, apiName: "Metadata" };
    const response = {
      decode: async (bytes: Buffer) => topicIdOf(bytes),
      parse: (id: string) => id,
    };
    const read = topics.map(async (topic): Promise<[string, string]> => {
      const encode = async () => metadataRequest(topic);
      return [topic, await connectionPool.send({ request: { ...request, encode }, response })];
    });
    return new Map((await Promise.all(read)).filter(([, id]) => id !== noId));
  });
}

/** Runs `work` with an internal cluster of kafkajs and its own connections. kafkajs hides the factory behind a symbol. */
export async function withCluster<Cluster, T>(
  kafka: Kafka,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const symbol = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === "private:Kafka:createCluster",
  );
  const create = (kafka as never)[symbol as never] as unknown;
  if (typeof create !== "function")
    throw new Error("This version of kafkajs can't read the ids of topics");
  const cluster = create({ allowAutoTopicCreation: false });
  try {
    await cluster.connect();
    return await work(cluster);
  } finally {
    await cluster.disconnect();
  }
}

/** Begins with the header's empty tagged fields, which kafkajs's request header lacks. */
function metadataRequest(topic: string): Encoder {
  const request = newEncoder().writeUVarInt(0).writeUVarInt(2); // one topic
  for (let byte = 0; byte < 16; byte++) request.writeInt8(0); // by name, not by id
  request.writeUVarIntString(topic).writeUVarInt(0);
  // no topic creation, no authorized operations, no tags
  return request.writeInt8(0).writeInt8(0).writeInt8(0).writeUVarInt(0);
}

/** The id of the only topic of a response; the rest is not read. A missing topic has `noId`. */
function topicIdOf(bytes: Buffer): string {
  const response = newDecoder(bytes);
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
  response.readUVarInt(); // topics
  response.readInt16(); // error
  response.readUVarIntString(); // name
  return response.readBytes(16).toString("hex");
}
