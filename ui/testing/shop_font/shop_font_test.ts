import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import subsetFont from "subset-font";
import { charactersIn, namesIn } from "./sfnt.ts";
import { shopCharacters } from "./shop_characters.ts";

const root = join(import.meta.dirname, "../../..");
const file = readFileSync(join(root, "ui/static/fonts/shop.woff2"));
const all = String.fromCharCode(
  ...Array.from({ length: 0xffff }, (_, code) => code),
).toWellFormed();
const font = await subsetFont(file, all, { targetFormat: "sfnt" });

test("the shop's font has every character of its messages and of shop.json (else run bun ui/testing/shop_font/make_shop_font.ts)", () => {
  const drawn = charactersIn(font);
  const missing = [...shopCharacters(join(root, "shop.json"))].filter(
    (character) => !drawn.has(character),
  );
  expect(missing).toEqual([]);
  expect(drawn.has("뷁")).toBe(false);
});

test("the shop's font does not have the reserved name of its source font", () => {
  const names = namesIn(font);
  expect(names).toContain("PayFlow Sans");
  expect(names.join()).not.toContain("Pretendard");
});

test("the shop's font is at most 75 KB", () => {
  expect(file.length).toBeLessThanOrEqual(75_000);
});
