import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Words that this code and its documents once used in a sense of their own, with the field's term for each. The list
 * has only words without a legitimate use here; where one has, the line is in `allowed`.
 */
const banned: readonly (readonly [RegExp, string])[] = [
  [/\bpictures?\b/i, "response, snapshot or screenshot"],
  [/\bhints?\b/i, "webhook"],
  [/\bstrangers?\b/i, "unknown webhook, other client or reader"],
  [/\b(a|the) (person|question)\b/i, "manual review; status query"],
  [/\bask(s|ed|ing)?\b/i, "query, call, request or prompt"],
  [/\b(is|are|was|were|be|been) told\b|\btold (of|about|by)\b/i, "report, log or show"],
  [/\bheard of\b/i, "know"],
  [/\b(put|putting)[ -]back\b/i, "restore"],
  [/\b(the house|weather|witness)\b/i, "the field's term"],
];

const allowed = [
  // what CONTRIBUTING and this list say about words
  /^tests\/words_test\.ts:/,
  // names of files, scripts and exported functions
  /readme_pictures|put_back|savePicture|picture\.ts/,
  // code and names of tests of packages that are not clean yet
  /^tests\/mutations\/.*(find|replace|name|killer): /,
  // PostgreSQL's own field of that name
  /PostgreSQL's `detail`, `hint`|HINT: |, hint = |: hint: row,/,
  // names of tests in packages that are not clean yet
  /^docs\/guarantees\.md:\d+: \|.*_test\.ts\)/,
  // help text of a form field, the class of a product's image, and what shoppers read
  /^ui\/.*(\bhint|"picture"|\.picture)|^ui\/messages\//i,
];

/** Clean areas. Add an area when it is clean; never take one away. */
const areas = [
  "README.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "docs",
  "bench",
  "packages/access",
  "packages/back-office",
  "packages/console",
  "packages/database",
  "packages/ledger",
  "packages/notifications",
  "packages/order",
  "packages/outbox",
  "packages/payment",
  "packages/shared",
  "examples",
  "packages/client",
  "packages/local-stack",
  "packages/operate",
  "packages/toss-sandbox",
  "tests/*.ts",
  "tests/faults",
  "tests/model",
  "tests/mutations",
  "tests/storm",
  "ui",
];

const root = join(import.meta.dir, "..");

test.each(areas)("%s uses the field's words", (area) => {
  const found = filesOf(area).flatMap((path) =>
    readFileSync(join(root, path), "utf8")
      .split("\n")
      .flatMap((line, index) => {
        const place = `${path}:${index + 1}: ${line.trim()}`;
        if (allowed.some((pattern) => pattern.test(place))) return [];
        return banned
          .filter(([word]) => word.test(line))
          .map(([word, term]) => `${place.slice(0, 160)} [${word.source}: ${term}]`);
      }),
  );
  expect(found).toEqual([]);
});

function filesOf(area: string): string[] {
  const pattern = /\.\w+$/.test(area) ? area : `${area}/**/*.{md,ts,tsx,js,sql,css}`;
  return [...new Bun.Glob(pattern).scanSync({ cwd: root })]
    .filter((path) => !path.includes("node_modules/"))
    .sort();
}
