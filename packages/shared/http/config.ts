import * as v from "valibot";
import { parseDatabaseAddress } from "@payflow/outbox";
import { fieldOf } from "./json_body.ts";

/** The environment is not as a process needs it; the message lists every fault, one a line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Parses an environment by an object schema. Empty variables count as missing. `findFaults` tells what no schema sees,
 * in one sentence each. Throws ConfigError with all faults of both.
 */
export function readConfig<Schema extends v.GenericSchema>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>>,
  findFaults: (given: Readonly<Record<string, string | undefined>>) => string[] = () => [],
): v.InferOutput<Schema> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ""),
  );
  const result = v.safeParse(schema, given);
  const others = findFaults(given);
  if (result.success && others.length === 0) return result.output;
  const faults = (result.issues ?? []).map((issue) => {
    const { path, message } = fieldOf(issue);
    return path === "" ? message : `${path}: ${message}`;
  });
  const lines = [...faults, ...others].map((fault) => `  ${fault}`);
  throw new ConfigError(`The configuration has faults:\n${lines.join("\n")}`);
}

/** A whole number in text, within bounds. */
export const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, "must be a whole number"),
    v.transform(Number),
    v.minValue(min),
    v.maxValue(max),
  );

/** An address of PostgreSQL; no fault quotes it, for there is a password in it. */
const databaseUrl = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    try {
      parseDatabaseAddress(dataset.value);
    } catch (error) {
      addIssue({ message: (error as Error).message });
    }
  }),
);

export const port = (fallback: number) => v.optional(wholeNumber(0, 65_535), String(fallback));
/** Milliseconds. */
export const durationMs = (fallback: number, bounds: { min?: number; max?: number } = {}) =>
  v.optional(wholeNumber(bounds.min ?? 0, bounds.max ?? 31 * 24 * 3_600_000), String(fallback));

/** Comma-separated, without empty entries. */
export const list = v.pipe(
  v.string(),
  v.transform((text) =>
    text
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ""),
  ),
);

export const flag = v.pipe(
  v.picklist(["true", "false", "1", "0"]),
  v.transform((text) => text === "true" || text === "1"),
);

/** What each process needs of Kafka. */
export const kafkaEntries = {
  KAFKA_BROKERS: v.pipe(list, v.minLength(1)),
  KAFKA_TLS: v.optional(flag, "false"),
  KAFKA_SASL_MECHANISM: v.optional(v.picklist(["plain", "scram-sha-256", "scram-sha-512"])),
  KAFKA_SASL_USERNAME: v.optional(v.string()),
  KAFKA_SASL_PASSWORD: v.optional(v.string()),
  KAFKA_PARTITIONS: v.optional(wholeNumber(1, 1_000), "3"),
  KAFKA_PREFIX: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{0,100}$/)), ""),
};

/** The settings that the parsed `kafkaEntries` stand for. */
export function kafkaSettings(
  env: v.InferOutput<ReturnType<typeof v.object<typeof kafkaEntries, undefined>>>,
  clientId: string,
) {
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = env;
  const mechanism = env.KAFKA_SASL_MECHANISM;
  const sasl = [mechanism, username, password];
  if (sasl.some(Boolean) && !sasl.every(Boolean)) {
    throw new ConfigError(
      "KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD go together: set all three or none",
    );
  }
  return {
    brokers: env.KAFKA_BROKERS,
    clientId,
    prefix: env.KAFKA_PREFIX,
    partitions: env.KAFKA_PARTITIONS,
    tls: env.KAFKA_TLS,
    ...(mechanism && username !== undefined && password !== undefined
      ? { sasl: { mechanism, username, password } }
      : {}),
  };
}

export const secret = v.pipe(v.string(), v.minLength(16, "must have 16 characters or more"));

/** What order and payment both read. */
export const serviceEntries = {
  DATABASE_URL: databaseUrl,
  ...kafkaEntries,
  INTERNAL_API_KEY: secret,
  INTERNAL_API_KEYS_ACCEPTED: v.optional(v.pipe(list, v.array(secret)), ""),
  CONFIRM_WAIT_MS: durationMs(8_000, { max: 55_000 }),
  GATHER_MAX: v.optional(wholeNumber(1, 5_000), "500"),
  DRAIN_MS: durationMs(5_000, { max: 600_000 }),
  LOG_LEVEL: v.optional(v.picklist(["trace", "debug", "info", "warn", "error", "silent"]), "info"),
};

/** The settings that the parsed `serviceEntries` stand for. */
export function serviceSettings(
  env: v.InferOutput<ReturnType<typeof v.object<typeof serviceEntries, undefined>>>,
  name: string,
) {
  return {
    databaseUrl: env.DATABASE_URL,
    kafka: kafkaSettings(env, `payflow-${name}`),
    /** Also what order shows to payment. */
    eventKeys: { current: env.INTERNAL_API_KEY, accepted: env.INTERNAL_API_KEYS_ACCEPTED },
    gatherMax: env.GATHER_MAX,
    drainMs: env.DRAIN_MS,
    logLevel: env.LOG_LEVEL,
  };
}

/** `kafkaSettings` of an environment, for a command that needs nothing else. Throws ConfigError with every fault. */
export function readKafkaSettings(
  env: Readonly<Record<string, string | undefined>>,
  clientId: string,
) {
  return kafkaSettings(readConfig(v.object(kafkaEntries), env), clientId);
}
