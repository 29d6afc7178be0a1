import { expect, test } from "bun:test";
import * as v from "valibot";
import { AppError } from "../app_error.ts";
import { createLog } from "./log.ts";

function lineOf(error: unknown, name = "err"): string {
  let line = "";
  const log = createLog("test", "trace", { write: (text) => (line = text) });
  log.error({ [name]: error }, "failed");
  return line;
}

function postgresError(fields: Record<string, unknown>): Error {
  const error = new Error(String(fields["message"]));
  return Object.assign(error, { name: "PostgresError", ...fields });
}

const people = ["김토스", "kim@example.com", "1002123456789", "Kim Toss"];
const row = `Failing row contains (1, ${people.join(", ")}).`;

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("It threw nothing");
}

test.each([
  [
    "a failed constraint",
    postgresError({
      message: 'new row for relation "orders" violates check constraint "orders_amount"',
      code: "23514",
      table_name: "orders",
      detail: row,
      where: row,
      constraint_name: "orders_amount",
      query: row,
      parameters: people,
      hint: row,
      internal_query: row,
      args: people,
    }),
    ["23514", "orders_amount", '\\"orders\\" violates'],
  ],
  [
    "bad data",
    postgresError({
      message: `invalid input syntax for type json: "${people.join('"')}"`,
      code: "22P02",
      routine: "report_json_error",
    }),
    ["22P02", "invalid input syntax", "report_json_error"],
  ],
  [
    "what a trigger raised",
    postgresError({ message: `no "${people.join(" ")}" here`, code: "P0001" }),
    ["P0001"],
  ],
  ["JSON that is none", thrown(() => JSON.parse(`{"a": ${people.join(" ")}`)), ["SyntaxError"]],
  [
    "input that a schema refuses",
    thrown(() => v.parse(v.number(), people.join(" "))),
    ["ValiError"],
  ],
  [
    "a request that reached no server",
    Object.assign(new Error("Unable to connect"), {
      code: "ConnectionRefused",
      path: `http://x/?name=${people[0]}`,
    }),
    ["ConnectionRefused", "Unable to connect"],
  ],
  [
    "a cause of a cause",
    new AppError("unavailable", "database_unavailable", "away", { extensions: { people } }),
    ["database_unavailable", "AppError"],
  ],
  [
    "several at once",
    new AggregateError([postgresError({ message: "x", detail: row })], "both"),
    ["both"],
  ],
])("createLog() logs no personal data of %s", (_, error, kept) => {
  if (error instanceof AppError)
    error.cause = new Error("outer", {
      cause: postgresError({ message: "inner", detail: row, code: "40001" }),
    });
  for (const name of ["err", "error", "reason"]) {
    const line = lineOf(error, name);
    for (const person of people) expect(line).not.toContain(person);
    for (const word of kept) expect(line).toContain(word);
    expect(line).toContain("log_test.ts");
  }
});

test("createLog() filters an error that is logged without fields, too", () => {
  let line = "";
  const log = createLog("test", "trace", { write: (text) => (line = text) });
  log.error(postgresError({ message: `"${people[0]}"`, code: "22P02" }));
  expect(line).toContain("22P02");
  expect(line).not.toContain(people[0] as string);
});

test("createLog() escapes characters that a terminal would interpret", () => {
  let line = "";
  const log = createLog("test", "info", { write: (text) => (line = text) });
  log.info({ eventType: "a\u009b31m\u202eb\u001b[2J\u2028c" }, "kept\u2066");
  expect(line).toEndWith("}\n");
  expect(line.trimEnd()).not.toMatch(/[\p{Cc}\p{Zl}\p{Bidi_Control}]/u);
  expect(JSON.parse(line)).toMatchObject({
    eventType: "a\u009b31m\u202eb\u001b[2J\u2028c",
    msg: "kept\u2066",
  });
});

test("createLog() masks e-mail addresses in a message of a megabyte without delay", () => {
  const startedMs = performance.now();
  const line = lineOf(new Error(`${"x".repeat(1_000_000)} kim@example.com,lee@example.com`));
  expect(line).toContain(" …@…,…@…");
  expect(performance.now() - startedMs).toBeLessThan(5_000);
});
