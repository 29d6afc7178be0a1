import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import {
  ConfigError,
  durationMs,
  flag,
  list,
  port,
  readKafkaSettings,
  readSettings,
  secret,
  withSecretFiles,
} from "./config.ts";

const settings = {
  port: ["PORT", port(8080)],
  waitMs: ["WAIT_MS", durationMs(500, { min: 100, max: 1_000 })],
  who: { name: ["NAME", v.string()], flag: ["FLAG", v.optional(flag, "false")] },
  list: ["LIST", v.optional(list, "")],
} as const;

describe("readSettings()", () => {
  test("reads set variables, and uses defaults for the rest", () => {
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

  test("reports all faults together, one per line", () => {
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

  test("does not show the value of an invalid secret", () => {
    const key = ["KEY", v.pipe(v.string(), v.minLength(16, "must have 16 characters"))] as const;
    const message = messageOf(() => readSettings({ key }, { KEY: "hunter2" }));
    expect(message).toContain("KEY: must have 16 characters");
    expect(message).not.toContain("hunter2");
  });
});

describe("secrets in files", () => {
  const folder = mkdtempSync(join(tmpdir(), "payflow-secrets-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const key = { key: ["MERCHANT_API_KEY", secret] } as const;

  test.each([
    ["without a line break", "hunter2-hunter2-hunter2"],
    ["with one", "hunter2-hunter2-hunter2\n"],
    ["with one of Windows", "hunter2-hunter2-hunter2\r\n"],
  ])("readSettings() reads a secret from its file, %s at its end", (name, text) => {
    const env = { MERCHANT_API_KEY_FILE: file(name, text), MERCHANT_API_KEY: "" };
    expect(readSettings(key, env)).toEqual({ key: "hunter2-hunter2-hunter2" });
  });

  test("removes only the last line break of the file", () => {
    const env = { SESSION_SECRET_FILE: file("lines", " a\n b \n\n") };
    expect(withSecretFiles(env)).toEqual({ SESSION_SECRET: " a\n b \n" });
  });

  test("treat an empty file as missing", () => {
    const env = { MERCHANT_API_KEY_FILE: file("empty", "\n") };
    expect(() => readSettings(key, env)).toThrow("MERCHANT_API_KEY: is required");
  });

  test("findFaults gets the file's content, not its path", () => {
    const seen: unknown[] = [];
    const env = { MERCHANT_API_KEY_FILE: file("seen", "hunter2-hunter2-hunter2") };
    readSettings(key, env, (given) => {
      seen.push(given);
      return [];
    });
    expect(seen).toEqual([{ MERCHANT_API_KEY: "hunter2-hunter2-hunter2" }]);
  });

  test("report a secret that is set twice, or whose file can't be read, without showing either", () => {
    const env = {
      MERCHANT_API_KEY: "hunter2-hunter2-hunter2",
      MERCHANT_API_KEY_FILE: file("twice", "hunter3-hunter3-hunter3"),
      SESSION_SECRET_FILE: "hunter4-hunter4-hunter4",
    };
    for (const read of [() => readSettings(key, env), () => withSecretFiles(env)]) {
      expect(read).toThrow(ConfigError);
      const lines = messageOf(read).split("\n").slice(1);
      expect(lines).toEqual([
        "  MERCHANT_API_KEY_FILE: MERCHANT_API_KEY is set as well: give one of them",
        "  SESSION_SECRET_FILE: the file can't be read (ENOENT)",
      ]);
    }
  });

  test("are not supported for other settings", () => {
    const name = { name: ["NAME", v.optional(v.string())] } as const;
    expect(readSettings(name, { NAME_FILE: file("name", "a") })).toEqual({ name: undefined });
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
