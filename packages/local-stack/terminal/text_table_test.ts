import { expect, test } from "bun:test";
import { textTable } from "./text_table.ts";

test("textTable() aligns columns, also with Korean text, and numbers to the right", () => {
  const rows = [
    { name: "김치", price: 1000, note: "새로 나온 김치" },
    { name: "tea", price: null, note: "x" },
    { name: "ふ😀", price: -20, note: "" },
  ];
  expect(textTable(rows)).toBe(
    [
      "name │ price │ note",
      "─────┼───────┼───────────────",
      "김치 │  1000 │ 새로 나온 김치",
      "tea  │     ∅ │ x",
      "ふ😀 │   -20 │",
    ].join("\n"),
  );
  const widths = textTable(rows)
    .split("\n")
    .map((line) => Bun.stringWidth(line.slice(0, line.lastIndexOf("│"))));
  expect(new Set(widths.toSpliced(1, 1)).size).toBe(1);
  expect(textTable(rows, { number: (value) => `₩${value}` })).toContain("│ ₩1000 │");
});

test("textTable() escapes characters that a terminal would interpret", () => {
  const rows = [{ name: "a\u001b[31m\u202eb\nc", detail: { d: "\u009b" } }];
  const [, , row] = textTable(rows).split("\n");
  expect(row).toBe('a\\u001b[31m\\u202eb\\nc │ {"d":"\\u009b"}');
});
