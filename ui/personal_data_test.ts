import { expect, test } from "bun:test";
import { maskEmail, maskName } from "./personal_data.ts";

test.each([
  ["김토스", "김*스"],
  ["김철", "김*"],
  ["김", "*"],
  ["", "*"],
  ["남궁아무개", "남***개"],
  ["𠮷野家", "𠮷*家"],
  ["Ada Lovelace, Countess", "A********s"],
])("maskName(%p) is %p", (name, masked) => {
  expect(maskName(name)).toBe(masked);
});

test.each([
  ["kim@example.com", "k***@example.com"],
  ["a@b.kr", "a***@b.kr"],
  ['"x@y"@example.com', '"***@example.com'],
  ["no-at-sign", "***"],
  ["@example.com", "***"],
])("maskEmail(%p) is %p", (email, masked) => {
  expect(maskEmail(email)).toBe(masked);
});
