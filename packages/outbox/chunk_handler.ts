// Handles the messages that a consumer reads: each takes effect or is stored as a dead letter.
import type { Kysely } from "kysely";
import type { KafkaMessage } from "kafkajs";
import { backoffMs, isTemporary, pause, type Log } from "@payflow/database";
import { keepDeadLetters, type DeadLetter } from "./dead_letters.ts";
import type { EventSignatures } from "./event_signature.ts";
import type { OutgoingMessage } from "./kafka.ts";
import { inSpan, messageSpan, noTracer, type Tracer } from "./trace.ts";

/** Handles one signed message; its topic has no prefix. After an error it is retried, and finally dead-lettered. */
export type MessageHandler = (message: OutgoingMessage) => Promise<void>;

/** Attempts before a message becomes a dead letter; temporary errors, such as a lost database, do not count. */
const triesMax = 3;
const logUnsignedEveryMs = 10_000;

/** The partition is assigned to this consumer while `isOurs()` is true; waits end when `leaving` aborts. */
type Batch = {
  /** Without a prefix. */
  readonly topic: string;
  readonly partition: number;
  readonly isOurs: () => boolean;
  readonly leaving: AbortSignal;
};

type Received = Omit<DeadLetter, "error"> & { readonly sentAtMs: number };

export type HandlerOptions = {
  readonly db: Kysely<never>;
  readonly handle: MessageHandler;
  readonly signatures: Pick<EventSignatures, "isSigned">;
  readonly log: Log;
  readonly tracer?: Tracer;
  /** For metrics: called with each message that took effect and its send time (ms since 1970). Must not throw. */
  readonly onHandled?: ((message: OutgoingMessage, sentAtMs: number) => void) | undefined;
};

/** `database.awaySinceMs`: since when every attempt has failed with a temporary error (the database may be unavailable). */
export function createChunkHandler(options: HandlerOptions) {
  const { db, handle, signatures, log, tracer = noTracer, onHandled } = options;
  let logUnsignedAtMs = 0;
  const database: { awaySinceMs?: number | undefined } = {};

  /** Returns true when each message has taken effect or is a dead letter; false when the batch must be abandoned. */
  async function handleChunk(batch: Batch, chunk: readonly KafkaMessage[]): Promise<boolean> {
    const { signed = [], unsigned = [] } = Object.groupBy(
      chunk.map((message) => received(batch, message)),
      (message) => (isSigned(message) ? "signed" : "unsigned"),
    );
    const byKey = Map.groupBy(signed, ({ key }) => key ?? "");
    const done = await Promise.all([
      unsigned.length === 0 || refuse(batch, unsigned),
      ...[...byKey.values()].map(async (messages) => {
        for (const message of messages) if (!(await handleMessage(batch, message))) return false;
        return true;
      }),
    ]);
    return done.every(Boolean);
  }

  const isSigned = ({ key, value, ...message }: Received) =>
    value !== null && signatures.isSigned({ ...message, key: key ?? "", value });

  function refuse(batch: Batch, messages: readonly Received[]): Promise<boolean> {
    const { topic, partition, offset } = messages[0] as Received;
    return repeat(batch, offset, async () => {
      const letters = messages.map((message) => ({ ...message, error: unsignedError }));
      await keepDeadLetters(db, letters, { isSigned: false });
      if (performance.now() < logUnsignedAtMs) return;
      logUnsignedAtMs = performance.now() + logUnsignedEveryMs;
      log.error(
        { topic, partition, offset },
        "message without a valid signature rejected: another client writes to this topic, or the services' INTERNAL_API_KEY differ",
      );
    });
  }

  function handleMessage(batch: Batch, message: Received): Promise<boolean> {
    const { topic, headers, key, value, offset } = message;
    const signed = { topic, headers, key: key ?? "", value: value?.toString() ?? "" };
    const span = { topic, key, id: headers["ce_id"], parent: headers["traceparent"] };
    let tries = 0;
    return repeat(batch, offset, async () => {
      try {
        await inSpan(tracer, messageSpan("process", span), () => handle(signed));
        onHandled?.(signed, message.sentAtMs);
      } catch (error) {
        if (isTemporary(error) || ++tries < triesMax) throw error;
        const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
        await keepDeadLetters(db, [{ ...message, error: text.slice(0, 2_000) }]);
        log.error({ topic, offset, key, err: error }, "message kept as a dead letter");
      }
    });
  }

  /** Retries `work` until it succeeds and returns true; returns false once the partition may belong to another consumer. */
  async function repeat(
    { topic, isOurs, leaving }: Batch,
    offset: string,
    work: () => Promise<void>,
  ): Promise<boolean> {
    for (let fault = 1; isOurs(); fault++) {
      try {
        await work();
        database.awaySinceMs = undefined;
        return true;
      } catch (error) {
        // one warning for an outage of the database, which concerns all messages
        const level = isTemporary(error) && database.awaySinceMs !== undefined ? "debug" : "warn";
        log[level]({ topic, offset, err: error }, "message not handled yet, will try again");
        if (isTemporary(error)) database.awaySinceMs ??= performance.now();
        await pause(backoffMs(fault, { firstMs: 50, maxMs: 5_000 }), leaving);
      }
    }
    return false;
  }

  return { handleChunk, database };
}

function received({ topic, partition }: Batch, message: KafkaMessage): Received {
  const { key, value, offset, timestamp, headers = {} } = message;
  const first = (header: unknown) => String(Array.isArray(header) ? header[0] : header);
  const texts = Object.entries(headers).map(([name, header]) => [name, first(header)]);
  return {
    topic,
    partition,
    offset,
    key: key?.toString() ?? null,
    value,
    headers: Object.fromEntries(texts),
    sentAtMs: Number(timestamp),
  };
}

const unsignedError =
  "Error: No valid signature: none of our services has sent this message. It took no effect";
