/**
 * `overloaded`: too many calls wait; nothing was written. Otherwise the database or Kafka did not respond, and it is unknown
 * whether the change was written or the message sent. A retry may succeed after `retryAfterSeconds`.
 */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
  readonly kind = "unavailable";
  readonly code: "database_unavailable" | "overloaded" | "kafka_unavailable";
  readonly retryAfterSeconds: number;

  constructor(code: UnavailableError["code"], options: ErrorOptions = {}) {
    super(sentences[code], options);
    this.code = code;
    this.retryAfterSeconds = code === "overloaded" ? 1 : 2;
  }
}

const sentences = {
  database_unavailable: "The database does not answer; please try again",
  kafka_unavailable: "Kafka does not answer; please try again",
  overloaded: "Too much is waiting to be written; please try again shortly",
};

/** A process can't start. The message says why and what to do; it is shown without a stack trace. */
export class StartError extends Error {
  override readonly name = "StartError";
}
