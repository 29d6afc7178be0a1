import { expect, test } from "bun:test";
import { attentionEn } from "./attention.ts";

test("docs/operating.md says of each kind of item that needs attention what ends it", async () => {
  const document = await Bun.file(`${import.meta.dir}/../../../docs/operating.md`).text();
  const [, table = ""] = /\n\*\*Needs attention\*\*.*\n\n([^]*?)\n\n/.exec(document) ?? [];
  const rows = [...table.matchAll(/^\| (.*?) +\| \S.*\|$/gm)].slice(2);
  const titles = Object.values(attentionEn.kinds).map(({ title }) => title);
  expect(rows.map(([, title]) => title).toSorted()).toEqual(titles.toSorted());
});
