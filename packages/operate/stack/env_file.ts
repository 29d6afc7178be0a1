// What is written into .env and what arrives are not always the same: Bun
// reads the file before any code of ours runs, ends a value at # and replaces $
// with a variable's value, in every kind of quotes. A secret cut that way would
// work, and be a weaker one. Built-in modules only.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Environment } from "./settings.ts";

/** In the order in which Bun reads them. */
const files = [".env", ".env.development", ".env.production", ".env.local"];

/** Values that nobody builds from other variables. */
const isSecret = (name: string) => /(KEY|KEYS_ACCEPTED|SECRET|PASSWORD)$/.test(name);

/** One sentence for each value that does not arrive as it was written. */
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
    // what the shell has set goes before the file
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
