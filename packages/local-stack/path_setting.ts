// Paths in environment variables. No shell expands ~ in .env, so this does. Built-in modules only.
import { homedir } from "node:os";
import { join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable as an absolute path, with `~` expanded; undefined when it is unset or empty. */
export function pathSetting(
  env: Environment,
  name: string,
  folder = process.cwd(),
): string | undefined {
  const text = env[name];
  if (!text) return undefined;
  const [head, ...rest] = text.split("/");
  return head === "~" ? join(homedir(), ...rest) : resolve(folder, text);
}

/** PostgreSQL's limit is 1,024; this leaves room for the longest file name in the folder. */
const bytesMax = 700;

/** Why programs cannot use this path; undefined when they can. */
export function pathFault(path: string): string | undefined {
  if (/^~/.test(path) && !/^~(\/|$)/.test(path))
    return "begins with ~ and a name: write the folder out";
  // oxlint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(path))
    return "holds a line break or another control character: take it out";
  if (Buffer.byteLength(path) > bytesMax)
    return `is longer than ${bytesMax} bytes: choose a shorter one`;
  return undefined;
}
