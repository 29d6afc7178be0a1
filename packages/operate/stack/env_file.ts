// Reports values of .env that Bun reads differently than written. Bun loads the
// file before our code runs, ends a value at # and replaces $ with a variable's
// value, in every kind of quotes. A secret that is cut this way would work, but
// be weaker. Built-in modules only.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./settings.ts";

/** In Bun's reading order. */
const files = [".env", ".env.development", ".env.production", ".env.local"];

/** Secrets, which are never built from other variables. */
const isSecret = (name: string) => /(KEY|KEYS_ACCEPTED|SECRET|PASSWORD)$/.test(name);

/** One sentence for each value that Bun reads differently than written. */
export function envFileFaults(root: string, env: Environment): string[] {
  return files.flatMap((file) => {
    let bytes: Uint8Array;
    try {
      bytes = readFileSync(join(root, file));
    } catch {
      return [];
    }
    const text = utf8(bytes);
    return text === undefined
      ? [`${file} is not UTF-8 text: save it as UTF-8.`]
      : faultsIn(text, env).map((fault) => `${file}: ${fault}`);
  });
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

function faultsIn(text: string, env: Environment): string[] {
  return text.split("\n").flatMap((line) => {
    const [, name = "", written] =
      /^\s*(?:export\s+)?([A-Z_]+)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    // a variable of the shell overrides the file
    if (written === undefined || env[name] === written) return [];
    const faults: string[] = [];
    if (!/^["'`]/.test(written) && /\S#/.test(written)) {
      faults.push(
        `the value of ${name} ends at its #: put it in quotes, or a space before a comment.`,
      );
    }
    if (isSecret(name) && /(?<!\\)\$[\w{]/.test(written)) {
      faults.push(
        `${name} has a $, which is replaced by the value of a variable: write \\$ instead.`,
      );
    }
    return faults;
  });
}
