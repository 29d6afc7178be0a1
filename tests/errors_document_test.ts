import { expect, test } from "bun:test";
import type { ErrorKind } from "@payflow/shared";
import { httpStatuses } from "@payflow/shared";

const root = `${import.meta.dir}/..`;
const document = await Bun.file(`${root}/docs/errors.md`).text();
const documented = [...document.matchAll(/^\| `(\w+)` +\| (.+?) +\|/gm)].map(
  ([, code = "", second = ""]) => ({ code, status: Number(second) }),
);
const thrown = await readCodes();

/** Every `new AppError(kind, code, …)` of the services, and the codes of UnavailableError. */
async function readCodes(): Promise<{ kind: ErrorKind; code: string }[]> {
  const found = [];
  const files = new Bun.Glob(
    "packages/{access,console,database,notifications,order,payment,shared,outbox}/**/*.ts",
  );
  for await (const path of files.scan({ cwd: root })) {
    if (/node_modules|_test\.ts$|\/testing\//.test(path)) continue;
    const text = await Bun.file(`${root}/${path}`).text();
    for (const { index, 1: kind, 2: code } of text.matchAll(
      /new AppError\(\s*(?:"(\w+)",\s*"(\w+)")?/g,
    )) {
      // an error that is passed on has its code elsewhere
      if (kind === undefined || code === undefined) {
        expect(text.slice(index), path).toMatch(/^new AppError\(\s*refusal\.kind/);
        continue;
      }
      found.push({ kind: kind as ErrorKind, code });
    }
    for (const [, code = ""] of text.matchAll(/new UnavailableError\(\s*"(\w+)"/g))
      found.push({ kind: "unavailable" as const, code });
  }
  return found;
}

test("docs/errors.md lists exactly the codes in the source", () => {
  const inSource = new Set(thrown.map(({ code }) => code));
  const inDocument = documented.map(({ code }) => code);
  expect(inDocument.toSorted()).toEqual([...inSource].sort());
});

test("docs/errors.md states the status of each code", () => {
  const statuses = new Map(documented.map(({ code, status }) => [code, status]));
  for (const { kind, code } of thrown) {
    const status = statuses.get(code);
    // an internal code has no status
    if (Number.isNaN(status)) continue;
    expect(status, code).toBe(httpStatuses[kind]);
  }
});
