import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import {
  ConfigError,
  durationMs,
  flag,
  kafkaEntries,
  kafkaSettings,
  list,
  port,
  readConfig,
} from "./config.ts";

const Schema = v.object({
  PORT: port(8080),
  WAIT_MS: durationMs(500, { min: 100, max: 1_000 }),
  NAME: v.string(),
  FLAG: v.optional(flag, "false"),
  LIST: v.optional(list, ""),
});

describe("readConfig()", () => {
  test("reads what is set, and takes the fallbacks for the rest", () => {
    const env = { NAME: "a", FLAG: "1", LIST: " a, ,b ", OTHER: "x" };
    expect(readConfig(Schema, env)).toEqual({
      PORT: 8080,
      WAIT_MS: 500,
      NAME: "a",
      FLAG: true,
      LIST: ["a", "b"],
    });
  });

  test("counts an empty variable as missing", () => {
    expect(readConfig(Schema, { NAME: "a", PORT: "" }).PORT).toBe(8080);
    expect(() => readConfig(Schema, { NAME: "" })).toThrow("NAME: is required");
  });

  test("tells all faults at once, one a line", () => {
    const env = { PORT: "65536", WAIT_MS: "-5", FLAG: "yes" };
    const read = () => readConfig(Schema, env);
    expect(read).toThrow(ConfigError);
    const lines = messageOf(read).split("\n").slice(1);
    expect(lines.map((line) => line.trim().split(":")[0])).toEqual([
      "PORT",
      "WAIT_MS",
      "NAME",
      "FLAG",
    ]);
  });

  test("shows no value of a secret that has a fault", () => {
    const Secret = v.object({
      KEY: v.pipe(v.string(), v.minLength(16, "must have 16 characters")),
    });
    const message = messageOf(() => readConfig(Secret, { KEY: "hunter2" }));
    expect(message).not.toContain("hunter2");
  });
});

describe("kafkaSettings()", () => {
  const read = (env: Record<string, string>) =>
    kafkaSettings(readConfig(v.object(kafkaEntries), env), "me");

  test("signs in only with all of mechanism, name and password", () => {
    const env = { KAFKA_BROKERS: "a:9092,b:9092" };
    expect(read(env)).toMatchObject({ brokers: ["a:9092", "b:9092"], tls: false });
    expect(read(env)).not.toHaveProperty("sasl");
    const sasl = {
      KAFKA_SASL_MECHANISM: "plain",
      KAFKA_SASL_USERNAME: "u",
      KAFKA_SASL_PASSWORD: "p",
    };
    expect(read({ ...env, ...sasl })).toMatchObject({
      sasl: { mechanism: "plain", username: "u", password: "p" },
    });
  });

  test("needs a broker", () => {
    expect(() => read({ KAFKA_BROKERS: " , " })).toThrow("KAFKA_BROKERS");
  });
});

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as Error).message;
  }
  return "";
}
