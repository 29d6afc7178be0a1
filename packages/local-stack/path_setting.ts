// Paths in the environment. In .env no shell has replaced ~, and a folder named
// ~ is not what anybody wants. Built-in modules only.
import { homedir } from "node:os";
import { join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The absolute path that the variable holds, with `~` as the home folder; undefined when it is not set. */
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

/** Leaves room for the longest name in it, below PostgreSQL's 1,024. */
const bytesMax = 700;

/** Why a program that gets this path would not find what it names; undefined when it would. */
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
