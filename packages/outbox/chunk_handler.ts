// What a consumer does with the messages that it reads: each takes effect, or is kept as a dead letter.
import type { Kysely } from "kysely";
import type { EachBatchPayload, KafkaMessage } from "kafkajs";
import { backoffMs, isPassing, pause, type Log } from "@payflow/database";
import { keepDeadLetters, keepUnsigned } from "./dead_letters.ts";
import type { EventSignatures } from "./event_signature.ts";
import type { OutgoingMessage } from "./kafka.ts";
import { inTrace } from "./trace.ts";

/** Handles one signed message, its topic without a prefix. What throws is tried again, and in the end a dead letter. */
export type MessageHandler = (message: OutgoingMessage) => Promise<void>;

/** Tries of a message that fails by itself, before it becomes a dead letter. */
const triesMax = 3;
const tellUnsignedEveryMs = 10_000;

export type OurBatch = EachBatchPayload & { readonly leaving: AbortSignal };

export type HandlerOptions = {
  readonly db: Kysely<never>;
  readonly prefix?: string;
  readonly handle: MessageHandler;
  readonly signatures: Pick<EventSignatures, "isSigned">;
  readonly log: Log;
  readonly onHandled?: ((message: OutgoingMessage, sentAtMs: number) => void) | undefined;
};

/** `database.awaySinceMs`: since when every try has failed for want of the database. */
export function createChunkHandler(options: HandlerOptions) {
  const { db, prefix = "", log } = options;
  let tellUnsignedAtMs = 0;
  const database: { awaySinceMs?: number | undefined } = {};
  const topicOf = ({ batch }: OurBatch) => batch.topic.slice(prefix.length);

  /** True when every message has taken effect or is a dead letter; false when we must leave the batch. */
  async function handle(payload: OurBatch, chunk: readonly KafkaMessage[]): Promise<boolean> {
    const topic = topicOf(payload);
    const { signed = [], unsigned = [] } = Object.groupBy(chunk, (message) =>
      isSigned(topic, message) ? "signed" : "unsigned",
    );
    const byKey = Map.groupBy(signed, (message) => message.key?.toString() ?? "");
    const done = await Promise.all([
      unsigned.length === 0 || refuse(payload, unsigned),
      ...[...byKey.values()].map(async (messages) => {
        for (const message of messages) if (!(await handleMessage(payload, message))) return false;
        return true;
      }),
    ]);
    return done.every(Boolean);
  }

  const isSigned = (topic: string, message: KafkaMessage) =>
    message.value !== null &&
    options.signatures.isSigned({ ...incoming(topic, message), value: message.value });

  function refuse(payload: OurBatch, messages: readonly KafkaMessage[]): Promise<boolean> {
    const topic = topicOf(payload);
    const { partition } = payload.batch;
    return repeat(payload, messages[0] as KafkaMessage, async () => {
      const letterOf = (message: KafkaMessage) => deadLetter(payload, message, unsignedError);
      await keepUnsigned(db, messages.map(letterOf));
      if (performance.now() < tellUnsignedAtMs) return;
      tellUnsignedAtMs = performance.now() + tellUnsignedEveryMs;
      log.error(
        { topic, partition, offset: messages[0]?.offset },
        "message without a valid signature refused: somebody else writes to this topic, or the services' INTERNAL_API_KEY differ",
      );
    });
  }

  function handleMessage(payload: OurBatch, message: KafkaMessage): Promise<boolean> {
    const topic = topicOf(payload);
    let tries = 0;
    return repeat(payload, message, async () => {
      try {
        const received = incoming(topic, message);
        await inTrace(received.headers["traceparent"], () => options.handle(received));
        options.onHandled?.(received, Number(message.timestamp));
      } catch (error) {
        if (isPassing(error) || ++tries < triesMax) throw error;
        const letter = deadLetter(payload, message, error);
        await keepDeadLetters(db, [letter]);
        const { offset, key } = letter;
        log.error({ topic, offset, key, err: error }, "message kept as a dead letter");
      }
    });
  }

  /** Repeats the work until it does not throw: true. False when we must leave the batch: it may be another's. */
  async function repeat(
    payload: OurBatch,
    { offset }: KafkaMessage,
    work: () => Promise<void>,
  ): Promise<boolean> {
    const isOurs = () => payload.isRunning() && !payload.isStale() && !payload.leaving.aborted;
    for (let fault = 1; isOurs(); fault++) {
      try {
        await work();
        database.awaySinceMs = undefined;
        return true;
      } catch (error) {
        const about = { topic: topicOf(payload), offset, err: error };
        log.warn(about, "message not handled yet, will try again");
        if (isPassing(error)) database.awaySinceMs ??= performance.now();
        await pause(backoffMs(fault, { firstMs: 50, maxMs: 5_000 }), payload.leaving);
      }
    }
    return false;
  }

  function deadLetter(payload: OurBatch, message: KafkaMessage, error: unknown) {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return {
      ...incoming(topicOf(payload), message),
      partition: payload.batch.partition,
      offset: message.offset,
      key: message.key?.toString() ?? null,
      value: message.value,
      error: said.slice(0, 2_000),
    };
  }

  return { handle, database };
}

function incoming(topic: string, { key, value, headers = {} }: KafkaMessage): OutgoingMessage {
  const first = (header: unknown) => String(Array.isArray(header) ? header[0] : header);
  const texts = Object.entries(headers).map(([name, header]) => [name, first(header)]);
  return {
    topic,
    key: key?.toString() ?? "",
    value: value?.toString() ?? "",
    headers: Object.fromEntries(texts),
  };
}

const unsignedError = new Error(
  "No valid signature: none of our services has sent this message. It took no effect",
);
