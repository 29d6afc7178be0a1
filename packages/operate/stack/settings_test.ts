import { expect, test } from "bun:test";
import { portsInUse, readSettings, type Environment } from "./settings.ts";

const clientKey = "test_ck_0123456789abcdef01234567";
const secretKey = "test_sk_0123456789abcdef01234567";
const read = (env: Environment) => readSettings(env, "/clone");

test("readSettings() without an environment starts everything in .payflow", () => {
  const { settings, faults } = read({});
  expect(faults).toEqual([]);
  expect(settings.dataDir).toBe("/clone/.payflow");
  expect(settings.ports.kafkaController).toBe(settings.ports.kafka + 1);
  const last = readSettings({ KAFKA_PORT: "65535" }, "/clone").settings.ports;
  expect(last.kafkaController).toBe(65_534);
  expect(portsInUse(settings)).toEqual([
    "order",
    "payment",
    "sandbox",
    "postgres",
    "kafka",
    "kafkaController",
  ]);
});

test("readSettings() starts no part that is configured as external", () => {
  const { settings } = read({
    KAFKA_BROKERS: "kafka:9092",
    DATABASE_URL: "postgres://me:secret@db:5432/anything",
    TOSS_CLIENT_KEY: clientKey,
    TOSS_SECRET_KEY: secretKey,
  });
  expect(portsInUse(settings)).toEqual(["order", "payment"]);
  expect(settings.databases).toEqual({
    order: "postgres://me:secret@db:5432/order",
    payment: "postgres://me:secret@db:5432/payment",
  });
});

test("readSettings() treats an empty variable as unset", () => {
  const { settings, faults } = read({ ORDER_PORT: "", KAFKA_BROKERS: "" });
  expect(faults).toEqual([]);
  expect(settings.ports.order).toBe(8080);
  expect(settings.brokers).toBeUndefined();
});

test("readSettings() reports all invalid settings at once, each with its variable", () => {
  const { faults } = read({
    ORDER_PORT: "http",
    PAYMENT_PORT: "70000",
    TOSS_SANDBOX_PORT: "9092",
    ORDER_DATABASE_URL: "postgres://db/order",
    TOSS_CLIENT_KEY: clientKey,
  });
  expect(faults).toHaveLength(5);
  for (const name of [
    "ORDER_PORT",
    "PAYMENT_PORT",
    "TOSS_SANDBOX_PORT",
    "PAYMENT_DATABASE_URL",
    "TOSS_SECRET_KEY",
  ]) {
    expect(faults.join("\n")).toContain(name);
  }
});

test("readSettings() rejects truncated keys of Toss", () => {
  const { faults } = read({ TOSS_CLIENT_KEY: clientKey.slice(0, -1), TOSS_SECRET_KEY: "live_sk_" });
  expect(faults).toHaveLength(2);
  expect(faults[0]).toStartWith("TOSS_CLIENT_KEY is shorter");
  expect(faults[1]).toStartWith("TOSS_SECRET_KEY is shorter");
});

test("readSettings() rejects invalid addresses", () => {
  const { faults } = read({
    PUBLIC_URL: "localhost:8080",
    TOSS_SANDBOX_URL: "192.168.0.5",
    KAFKA_BROKERS: "kafka:9092,kafka",
  });
  expect(faults.map((fault) => fault.split(" ")[0])).toEqual([
    "PUBLIC_URL",
    "TOSS_SANDBOX_URL",
    "KAFKA_BROKERS",
  ]);
});

test("readSettings() rejects an unusable path", () => {
  const { faults } = read({ PAYFLOW_DATA_DIR: "~kim/data", SHOP_FILE: "/shop\n.json" });
  expect(faults).toHaveLength(2);
  expect(faults[0]).toStartWith("PAYFLOW_DATA_DIR ");
  expect(faults[1]).toStartWith("SHOP_FILE ");
});

test("readSettings() rejects a proxy of an unsupported kind", () => {
  const keys = { TOSS_CLIENT_KEY: clientKey, TOSS_SECRET_KEY: secretKey };
  const faultsOf = (proxy: string) => read({ ...keys, ALL_PROXY: proxy }).faults;
  expect(faultsOf("socks5://127.0.0.1:1080")).toHaveLength(1);
  expect(faultsOf("http://proxy.example:3128")).toEqual([]);
  expect(faultsOf("proxy.example:3128")).toEqual([]);
  // the sandbox needs no proxy
  expect(read({ ALL_PROXY: "socks5://127.0.0.1:1080" }).faults).toEqual([]);
});

test.each([
  { DATABASE_URL: "mysql://db/x" },
  { ORDER_DATABASE_URL: "nonsense", PAYMENT_DATABASE_URL: "postgres://db/p" },
  {
    ORDER_DATABASE_URL: "postgres://db/one",
    PAYMENT_DATABASE_URL: "postgres://db/one",
  },
])("readSettings() rejects the databases %j", (env) => {
  expect(read(env).faults).toHaveLength(1);
});

test.each([
  ["postgres://me:p@ss/w?rd@db:5432/x", "postgres://me:p@ss/w?rd@db:5432/order"],
  ["postgres://me@a:1,b:2/x?sslmode=require", "postgres://me@a:1,b:2/order?sslmode=require"],
  ["postgresql://me@db", "postgresql://me@db/order"],
  ["postgres:///x?host=/run", "postgres:///order?host=/run"],
])("readSettings() uses databases on the server %s", (url, order) => {
  const { settings, faults } = read({ DATABASE_URL: url });
  expect(faults).toEqual([]);
  expect(settings.databases?.order).toBe(order);
});
