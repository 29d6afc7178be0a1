/**
 * `overloaded`: too many calls wait, and nothing was written. Else the database or Kafka does not respond, and whether a
 * change was written or a message sent is not known. The same call may succeed after `retryAfterSeconds`.
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

/** A process can't start; the message says why and what to do, and is shown without a stack. */
export class StartError extends Error {
  override readonly name = "StartError";
}
