import { expect, test } from "bun:test";
import { wonText } from "./money_text.ts";

test("wonText() groups thousands and names the currency as each language does", () => {
  expect(wonText(1000, "ko")).toBe("1,000원");
  expect(wonText(1234567, "en")).toBe("₩1,234,567");
  expect([wonText(-300, "ko"), wonText(-300, "en")]).toEqual(["−300원", "−₩300"]);
  expect(wonText(0, "ko")).toBe("0원");
  expect(wonText(Number.MAX_SAFE_INTEGER, "ko")).toBe("9,007,199,254,740,991원");
});
