// Installs the packages of bun.lock. Built-in modules only.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "./terminal/user_error.ts";

/**
 * Runs `bun install --frozen-lockfile` when the lock file or a manifest has changed since the last
 * run, so that a second start needs no network.
 * @returns whether it installed; false when nothing has changed or `stopping` ended it
 * @throws UserError when the installation fails
 */
export async function ensureInstalled(
  root: string,
  onBegin = () => {},
  stopping?: AbortSignal,
): Promise<boolean> {
  if (readOr(stampOf(root)) === fingerprint(root)) return false;
  onBegin();
  for (let tries = 1; ; tries++) {
    const timeout = AbortSignal.timeout(tryWithinMs);
    const run = Bun.spawn([process.execPath, "install", "--frozen-lockfile"], {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
      signal: stopping ? AbortSignal.any([timeout, stopping]) : timeout,
    });
    const stderr = new Response(run.stderr).text();
    const exitCode = await run.exited;
    if (stopping?.aborted) return false;
    if (exitCode === 0) break;
    if (tries < triesMax) continue;
    const output = timeout.aborted
      ? `it did not end within ${tryWithinMs / 60_000} minutes`
      : (await stderr).trim();
    throw new UserError(
      `The packages could not be installed; check the network and that bun.lock is as cloned, then run this again. Output of bun install:\n${output}`,
    );
  }
  stampInstalled(root);
  return true;
}

/** Records that the packages are installed, for `ensureInstalled`; the container image calls it. */
export function stampInstalled(root: string): void {
  writeFileSync(stampOf(root), fingerprint(root));
}

const stampOf = (root: string) => join(root, "node_modules", ".payflow-installed");

/** Bun caches downloaded packages, so a retry continues where the last attempt ended. */
const triesMax = 3;
const tryWithinMs = 10 * 60_000;

/** A hash of Bun's version, the lock file, bunfig.toml and all manifests. */
function fingerprint(root: string): string {
  const packages = readdirSync(join(root, "packages"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `packages/${entry.name}`)
    .sort();
  const files = [
    "bun.lock",
    "bunfig.toml",
    ...[".", "ui", ...packages].map((path) => `${path}/package.json`),
  ];
  const hash = createHash("sha256").update(Bun.version);
  for (const file of files) hash.update(readOr(join(root, file)) ?? "");
  return hash.digest("hex");
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
