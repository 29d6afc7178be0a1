import { expect, test } from "bun:test";
import { pageOf } from "@payflow/back-office";
import { mergeNewest, pageOfBoth } from "./both_parts.ts";

type Row = { readonly id: string; readonly at: string };

/** Pages through the rows of both services, each newest first by id, with these times. */
async function readAll(times: Record<"order" | "payment", string>, limit: number) {
  const listed = (text: string) =>
    [...text].map((at, index): Row => ({ id: String(text.length - index), at }));
  const lists = { order: listed(times.order), payment: listed(times.payment) };
  const seen: string[] = [];
  let after: string | null | undefined;
  while (after !== null) {
    const page: Awaited<ReturnType<typeof pageOfBoth<Row>>> = await pageOfBoth(after, limit, {
      async read(part, place) {
        const left = lists[part].filter(({ id }) => place === "" || Number(id) < Number(place));
        return pageOf(left, limit, ({ id }) => id);
      },
      timeOf: ({ at }) => at,
    });
    seen.push(...page.rows.map(({ part, id }) => `${part} ${id}`));
    after = page.next;
  }
  return seen;
}

test("pageOfBoth() shows each row once, also when times are not in the order of ids", async () => {
  const all = ["order 1", "order 2", "order 3", "payment 1", "payment 2", "payment 3"];
  const digits = ["1", "2", "3"];
  const times = digits.flatMap((a) => digits.flatMap((b) => digits.map((c) => a + b + c)));
  for (const order of times)
    for (const payment of times)
      for (const limit of [1, 2, 4])
        expect((await readAll({ order, payment }, limit)).sort()).toEqual(all);
});

test("mergeNewest() sorts by time, and keeps the order of each list", () => {
  const lists = [
    ["a 5", "b 3", "c 4", "d 1"],
    ["e 4", "f 2"],
  ];
  const merged = mergeNewest(lists, (row) => row.slice(2));
  expect(merged.map((row) => row[0]).join("")).toBe("aebcfd");
});

test("pageOfBoth() begins with the first page for a place that no list has", async () => {
  const places: string[] = [];
  const read = async (_: string, place: string) => (places.push(place), { rows: [], next: null });
  for (const after of ["x", "9999999999999999999-1", "1-9999999999999999999"])
    await pageOfBoth(after, 5, { read, timeOf: () => "" });
  expect(places).toEqual(["", "", "", "", "", ""]);
});
