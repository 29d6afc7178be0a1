import { expect, test } from "bun:test";
import { idempotencyKeyOf } from "./route.ts";

test("idempotencyKeyOf() gives the same key with and without quotes", () => {
  for (const key of ["cart-7f3a", "8e03978e-40d5-43e8-bc93-6894a57f9324", "k".repeat(255), "a;b=1"])
    expect([key, idempotencyKeyOf(key), idempotencyKeyOf(`"${key}"`)]).toEqual([key, key, key]);
  expect(idempotencyKeyOf('"a\\"b\\\\c"')).toBe('a"b\\c');
  expect(idempotencyKeyOf('a"b\\c')).toBe('a"b\\c');
});

test.each([
  ["nothing", ""],
  ["an empty string", '""'],
  ["a quote alone", '"'],
  ["a string without its end", '"cart'],
  ["two strings", '"a", "b"'],
  ["a string with parameters", '"cart";v=1'],
  ["an escape of another character", '"a\\b"'],
  ["a quote within", '"a"b"'],
  ["a space", "a b"],
  ["a space in quotes", '"a b"'],
  ["a letter beyond ASCII", "é"],
  ["a letter beyond ASCII in quotes", '"é"'],
  ["256 characters", "k".repeat(256)],
  ["256 characters in quotes", `"${"k".repeat(256)}"`],
])("%s is no key", (_, header) => {
  expect(idempotencyKeyOf(header)).toBeUndefined();
});
