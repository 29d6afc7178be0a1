// The patch in patches/ makes kafkajs cheaper and must not change the bytes that it sends.
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { createRequire } from "node:module";
import { publishedKafkajs } from "./testing/published_kafkajs.ts";

setDefaultTimeout(600_000);

type Header = string | Buffer | (string | Buffer)[];
type Message = {
  readonly key: string | Buffer | null;
  readonly value: string | Buffer | null;
  readonly headers?: Record<string, Header>;
  readonly offsetDelta?: number;
  readonly timestampDelta?: number;
};
type Encoded = { readonly buffer: Buffer };
type RequestQueue = {
  checkPendingRequests(): void;
  maybeThrottle(forMs: number): void;
  push(request: object): void;
  destroy(): void;
  readonly throttleCheckTimeoutId: unknown;
};
type Internals = {
  readonly record: (message: Message) => Encoded;
  readonly murmur2: (key: string | Buffer) => number;
  readonly group: (options: object) => Record<string, object[]>;
  readonly RequestQueue: new (options: object) => RequestQueue;
};

const load = createRequire(import.meta.url);
function internals(root: string): Internals {
  return {
    record: load(`${root}/src/protocol/recordBatch/record/v0`),
    murmur2: load(`${root}/src/producer/partitioners/default/murmur2`),
    group: load(`${root}/src/producer/groupMessagesPerPartition`),
    RequestQueue: load(`${root}/src/network/requestQueue`),
  };
}

let published: Awaited<ReturnType<typeof publishedKafkajs>>;
let [theirs, ours]: Internals[] = [];
beforeAll(async () => {
  published = await publishedKafkajs();
  [theirs, ours] = [published.root, `${load.resolve("kafkajs")}/..`].map(internals);
});
afterAll(() => published[Symbol.asyncDispose]());

/** Pseudo-random numbers below `end`, the same in each run. */
let state = 20_260_101;
function random(end: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * end);
}
const lengths = [0, 1, 3, 63, 64, 127, 128, 300, 8_191, 8_192, 20_000];
function text(isShort = random(4) > 0): string {
  const length = isShort ? random(40) : (lengths[random(lengths.length)] as number);
  const letters = ["a", "é", "주", "🧾", "\0"];
  return Array.from({ length }, () => letters[random(letters.length)]).join("");
}
const bytes = () => (random(2) === 0 ? text() : Buffer.from(text()));
const maybe = <T>(value: () => T) => (random(8) === 0 ? null : value());

test("records are encoded to the same bytes", () => {
  const deltas = [0, -1, 1, 63, 64, 2 ** 30, -(2 ** 30), 2 ** 31, -(2 ** 40), 1_700_000_000_000];
  for (let count = 0; count < 3_000; count++) {
    const headers = Object.fromEntries(
      Array.from({ length: random(6) }, () => [
        text(),
        random(6) === 0 ? [bytes(), bytes()] : bytes(),
      ]),
    );
    const message = {
      key: maybe(bytes),
      value: maybe(bytes),
      ...(random(8) === 0 ? {} : { headers }),
      offsetDelta: random(1_000),
      timestampDelta: random(2) === 0 ? (deltas[random(deltas.length)] as number) : random(3),
    };
    expect(ours?.record(message).buffer).toEqual(theirs?.record(message).buffer as Buffer);
  }
});

test("keys are assigned to the same partitions", () => {
  for (let count = 0; count < 20_000; count++) {
    const key = text(true);
    expect(ours?.murmur2(key)).toBe(theirs?.murmur2(key) as number);
    expect(ours?.murmur2(Buffer.from(key))).toBe(ours?.murmur2(key) as number);
  }
});

test("messages are grouped in order", () => {
  const messages = Array.from({ length: 500 }, () => ({ partition: random(7) }));
  const options = {
    topic: "OrderCreated",
    partitionMetadata: [{}],
    messages,
    partitioner: ({ message }: { message: { partition: number } }) => message.partition,
  };
  expect(ours?.group(options)).toEqual(theirs?.group(options) ?? {});
  expect(ours?.group({ ...options, partitionMetadata: [] })).toEqual({});
});

function requestQueue(): RequestQueue {
  const logger = { namespace: () => logger, debug() {} };
  const limits = { maxInFlightRequests: 1, requestTimeout: 1_000, enforceRequestTimeout: false };
  const { RequestQueue } = ours as Internals;
  return new RequestQueue({ ...limits, logger, isConnected: () => true });
}

test("an idle connection has no timer", () => {
  const queue = requestQueue();
  queue.checkPendingRequests();
  expect(queue.throttleCheckTimeoutId).toBeNull();
});

test("a request delayed by a broker's throttle is sent when the throttle ends", async () => {
  const queue = requestQueue();
  queue.maybeThrottle(20);
  const throttledAtMs = Date.now();
  const sentAtMs = await new Promise<number>((resolve) =>
    queue.push({
      entry: { correlationId: 1 },
      expectResponse: true,
      sendRequest: () => resolve(Date.now()),
    }),
  );
  expect(sentAtMs - throttledAtMs).toBeGreaterThanOrEqual(19);
  queue.destroy();
});
