import { readFileSync } from "node:fs";
import * as v from "valibot";
import { parseDatabaseAddress } from "@payflow/database";
import { type KafkaSettings } from "@payflow/outbox";
import { fieldOf } from "./json_body.ts";
import { networkSet } from "./networks.ts";

/** Invalid configuration; the message lists every fault, one per line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that contain a secret. Each may be in a file instead, whose path is in NAME_FILE. */
export const secretVariables = [
  "DATABASE_URL",
  "ORDER_DATABASE_URL",
  "PAYMENT_DATABASE_URL",
  "KAFKA_SASL_PASSWORD",
  "TOSS_SECRET_KEY",
  "MERCHANT_API_KEY",
  "SESSION_SECRET",
  "INTERNAL_API_KEY",
  "INTERNAL_API_KEYS_ACCEPTED",
  "SMTP_URL",
] as const;

/** Adds secrets from files to the environment, without the line break at a file's end. Throws ConfigError. */
export function withSecretFiles(env: Environment): Environment {
  const faults: string[] = [];
  const given = readSecretFiles(env, faults);
  refuse(faults);
  return given;
}

/** No fault quotes a path: somebody may have set NAME_FILE to the secret itself. */
function readSecretFiles(env: Environment, faults: string[]): Environment {
  const given = { ...env };
  for (const name of secretVariables) {
    const variable = `${name}_FILE`;
    const path = given[variable];
    delete given[variable];
    if (!path) continue;
    try {
      if (given[name]) faults.push(`${variable}: ${name} is set as well: give one of them`);
      given[name] ||= readFileSync(path, "utf8").replace(/\r?\n$/, "");
    } catch (error) {
      faults.push(`${variable}: the file can't be read (${(error as { code?: string }).code})`);
    }
  }
  return given;
}

type Setting = readonly [variable: string, schema: v.GenericSchema];
type Settings = { readonly [name: string]: Setting | Settings };
type Values<S> = S extends Setting
  ? v.InferOutput<S[1]>
  : { readonly [Name in keyof S]: Values<S[Name]> };

/**
 * Reads settings, and groups of settings, from an environment, secrets also from files. Empty variables are missing.
 * `findFaults` returns faults that no schema detects, one sentence each. Throws ConfigError with all faults of both.
 */
export function readSettings<const S extends Settings>(
  settings: S,
  env: Environment,
  findFaults: (given: Environment) => string[] = () => [],
): Values<S> {
  const faults: string[] = [];
  const files = readSecretFiles(env, faults);
  const given = Object.fromEntries(Object.entries(files).filter(([, value]) => value));
  const read = (part: Setting | Settings): unknown => {
    if (!isSetting(part))
      return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, read(inner)]));
    const [variable, schema] = part;
    const result = v.safeParse(schema, given[variable]);
    for (const { path, message } of result.issues?.map(fieldOf) ?? [])
      faults.push(`${path === "" ? variable : `${variable}.${path}`}: ${message}`);
    return result.output;
  };
  const values = read(settings) as Values<S>;
  refuse([...faults, ...findFaults(given)]);
  return values;
}

function refuse(faults: readonly string[]): void {
  const lines = faults.map((fault) => `  ${fault}`);
  if (lines.length > 0) throw new ConfigError(`The configuration has faults:\n${lines.join("\n")}`);
}

const isSetting = (part: Setting | Settings): part is Setting => Array.isArray(part);

export const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d+$/, "must be a whole number"),
    v.transform(Number),
    v.minValue(min),
    v.maxValue(max),
  );

/** Text that `parse` accepts; the message of its error becomes the fault. */
const parsedBy = (parse: (text: string) => unknown) =>
  v.pipe(
    v.string(),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      try {
        parse(dataset.value);
      } catch (error) {
        addIssue({ message: (error as Error).message });
      }
    }),
  );

/** An address, or a network of them: `10.0.0.0/8`. */
export const network = parsedBy((text) => networkSet([text]));

export const url = (fallback: string) =>
  v.optional(v.pipe(v.string(), v.url("is no URL")), fallback);
export const port = (fallback: number) => v.optional(wholeNumber(0, 65_535), String(fallback));
export const durationMs = (fallback: number, bounds: { min?: number; max?: number } = {}) =>
  v.optional(wholeNumber(bounds.min ?? 0, bounds.max ?? 31 * 24 * 3_600_000), String(fallback));

/** Comma-separated, without empty entries. */
export const list = v.pipe(
  v.string(),
  v.transform((text) => text.split(",").flatMap((entry) => entry.trim() || [])),
);

export const flag = v.pipe(
  v.picklist(["true", "false", "1", "0"]),
  v.transform((text) => text === "true" || text === "1"),
);

export const secret = v.pipe(v.string(), v.minLength(16, "must have 16 characters or more"));

const kafka = {
  brokers: ["KAFKA_BROKERS", v.pipe(list, v.minLength(1))],
  tls: ["KAFKA_TLS", v.optional(flag, "false")],
  mechanism: [
    "KAFKA_SASL_MECHANISM",
    v.optional(v.picklist(["plain", "scram-sha-256", "scram-sha-512"])),
  ],
  username: ["KAFKA_SASL_USERNAME", v.optional(v.string())],
  password: ["KAFKA_SASL_PASSWORD", v.optional(v.string())],
  partitions: ["KAFKA_PARTITIONS", v.optional(wholeNumber(1, 1_000), "3")],
  prefix: ["KAFKA_PREFIX", v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{0,100}$/)), "")],
} as const satisfies Settings;

/** Kafka's connection settings. Throws ConfigError when a part of the login is missing. */
export function kafkaSettings(
  { mechanism, username, password, ...others }: Values<typeof kafka>,
  clientId: string,
): KafkaSettings {
  if (mechanism && username && password)
    return { ...others, clientId, sasl: { mechanism, username, password } };
  if (!mechanism && !username && !password) return { ...others, clientId };
  throw new ConfigError(
    "KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD go together: set all three or none",
  );
}

export const readKafkaSettings = (env: Environment, clientId: string) =>
  kafkaSettings(readSettings(kafka, env), clientId);

const share = v.pipe(
  v.string(),
  v.regex(/^(0(\.\d+)?|1(\.0+)?)$/, "must be a number from 0 to 1"),
  v.transform(Number),
);

export type ServiceConfig = Omit<Values<typeof serviceSettings>, "kafka"> & {
  readonly kafka: KafkaSettings;
};

/** Settings of both services. */
export const serviceSettings = {
  // no fault quotes it, because it contains a password
  databaseUrl: ["DATABASE_URL", parsedBy(parseDatabaseAddress)],
  /** off: another process migrates, with `only` (`runService`). */
  migrate: ["MIGRATE", v.optional(v.picklist(["on", "off", "only"]), "on")],
  kafka,
  /** Keys that sign events and authenticate order's calls to payment. */
  eventKeys: {
    current: ["INTERNAL_API_KEY", secret],
    accepted: ["INTERNAL_API_KEYS_ACCEPTED", v.optional(v.pipe(list, v.array(secret)), "")],
  },
  traces: {
    /** Undefined: no spans are recorded. */
    endpoint: ["OTEL_EXPORTER_OTLP_ENDPOINT", v.optional(v.pipe(v.string(), v.url("is no URL")))],
    share: ["OTEL_TRACES_SAMPLER_ARG", v.optional(share, "1")],
  },
  confirmWaitMs: ["CONFIRM_WAIT_MS", durationMs(8_000, { max: 55_000 })],
  gatherMax: ["GATHER_MAX", v.optional(wholeNumber(1, 5_000), "500")],
  drainMs: ["DRAIN_MS", durationMs(5_000, { max: 600_000 })],
  logLevel: [
    "LOG_LEVEL",
    v.optional(v.picklist(["trace", "debug", "info", "warn", "error", "silent"]), "info"),
  ],
} as const satisfies Settings;
