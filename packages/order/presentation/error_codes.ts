import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One row of docs/errors.md: a code that the API can answer. Texts are Markdown with code spans only. */
export type ErrorCode = {
  readonly code: string;
  readonly status: number;
  readonly cause: string;
  readonly wayOut: string;
};

const row = /^\| `([a-z_]+)` +\| (\d{3}) +\| (.+?) +\| (.+?) +\|$/gm;

/** The errors' document, read once: the page at /docs/errors and the API's description are drawn from it. */
export function readErrorCodes(): ErrorCode[] {
  const path = join(import.meta.dirname, "../../../docs/errors.md");
  return [...readFileSync(path, "utf8").matchAll(row)].map(
    ([, code = "", status, cause = "", wayOut = ""]) => ({
      code,
      status: Number(status),
      cause,
      wayOut,
    }),
  );
}
