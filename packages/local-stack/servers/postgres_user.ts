// PostgreSQL refuses to run as root. Root's servers run as the system user `postgres`, which cannot
// enter root's folders. So their binaries and data are below /var/lib/payflow, and no home folder
// needs wider permissions.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { UserError } from "../terminal/user_error.ts";

export type OsUser = { readonly uid: number; readonly gid: number };

/** The folder for binaries and data of root's PostgreSQL. */
export const rootsPostgresDir = "/var/lib/payflow";

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Undefined for an ordinary user, who runs PostgreSQL directly. Under root, the user `postgres`,
 * which is created when the system has none.
 */
export function postgresUser(): OsUser | undefined {
  if (!isRoot()) return undefined;
  const found = userNamed("postgres");
  if (found) return found;
  spawnSync("useradd", ["--system", "--user-group", "postgres"]);
  const made = userNamed("postgres");
  if (made) return made;
  throw new UserError(
    "PostgreSQL cannot run as root and the system user postgres could not be created: start PayFlow as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.",
  );
}

function userNamed(name: string): OsUser | undefined {
  for (const line of readFileSync("/etc/passwd", "utf8").split("\n")) {
    const [user, , uid, gid] = line.split(":");
    if (user === name) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}
