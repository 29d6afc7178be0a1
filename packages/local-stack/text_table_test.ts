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
