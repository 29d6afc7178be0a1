import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import {
  ConfigError,
  durationMs,
  flag,
  list,
  port,
  readKafkaSettings,
  readSettings,
} from "./config.ts";

const settings = {
  port: ["PORT", port(8080)],
  waitMs: ["WAIT_MS", durationMs(500, { min: 100, max: 1_000 })],
  who: { name: ["NAME", v.string()], flag: ["FLAG", v.optional(flag, "false")] },
  list: ["LIST", v.optional(list, "")],
} as const;

describe("readSettings()", () => {
  test("reads what is set, and takes the fallbacks for the rest", () => {
    const env = { NAME: "a", FLAG: "1", LIST: " a, ,b ", OTHER: "x" };
    expect(readSettings(settings, env)).toEqual({
      port: 8080,
      waitMs: 500,
      who: { name: "a", flag: true },
      list: ["a", "b"],
    });
  });

  test("counts an empty variable as missing", () => {
    expect(readSettings(settings, { NAME: "a", PORT: "" }).port).toBe(8080);
    expect(() => readSettings(settings, { NAME: "" })).toThrow("NAME: is required");
  });

  test("tells all faults at once, one a line", () => {
    const env = { PORT: "65536", WAIT_MS: "-5", FLAG: "yes" };
    const read = () => readSettings(settings, env);
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
    const key = ["KEY", v.pipe(v.string(), v.minLength(16, "must have 16 characters"))] as const;
    const message = messageOf(() => readSettings({ key }, { KEY: "hunter2" }));
    expect(message).toContain("KEY: must have 16 characters");
    expect(message).not.toContain("hunter2");
  });
});

describe("readKafkaSettings()", () => {
  const read = (env: Record<string, string>) => readKafkaSettings(env, "me");

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
    const { KAFKA_SASL_PASSWORD: _, ...half } = sasl;
    expect(() => read({ ...env, ...half })).toThrow("set all three or none");
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
