import { expect, test } from "bun:test";
import { textTable } from "./text_table.ts";

test("textTable() lines up columns, Korean included", () => {
  const rows = [
    { name: "김치", price: 1000 },
    { name: "tea", price: null },
  ];
  expect(textTable(rows)).toBe(
    ["name │ price", "─────┼──────", "김치 │ 1000", "tea  │ ∅"].join("\n"),
  );
});

test("textTable() shows as text what a terminal would obey", () => {
  const rows = [{ name: "a\u001b[31m\u202eb\nc", detail: { d: "\u009b" } }];
  const [, , row] = textTable(rows).split("\n");
  expect(row).toBe('a\\u001b[31m\\u202eb\\nc │ {"d":"\\u009b"}');
});
