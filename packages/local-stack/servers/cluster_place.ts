// Which PostgreSQL cluster belongs to a data folder. A plain user's lies in it.
// Root's lies in a folder that PostgreSQL's user can enter, and an id in the
// data folder names it: so the cluster is found again after the data folder was
// moved, and no other folder gets it by standing where the first one stood.
// Built-in modules only.
import { randomBytes } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { isRoot, rootsPostgresDir } from "./postgres_user.ts";
import { UserError } from "../terminal/user_error.ts";

/** In the data folder. */
export const clusterIdFile = "cluster-id";
/** Beside the cluster: whose it is. */
const ownerFile = "data-folder.json";

export type ClusterPlace =
  /** No cluster was made for this data folder yet. */
  | { readonly state: "new" }
  | { readonly state: "there"; readonly dir: string }
  /** There should be one and it can't be used; the sentence says why, and the way out. */
  | { readonly state: "unfit"; readonly fault: string };

export type ClusterOptions = {
  /** Where root's clusters lie. */
  readonly store?: string;
  readonly asRoot?: boolean;
};

/** Looks and changes nothing. */
export function findCluster(
  dataDir: string,
  { store = rootsPostgresDir, asRoot = isRoot() }: ClusterOptions = {},
): ClusterPlace {
  const own = join(dataDir, "postgres");
  const id = readId(dataDir);
  if (!asRoot) {
    if (existsSync(own)) return { state: "there", dir: own };
    if (id === undefined) return { state: "new" };
    return unfit(
      `The data folder ${dataDir} was made by root, with its PostgreSQL cluster in ${join(store, id)}: start as root, or run bun run reset to begin with empty data.`,
    );
  }
  if (existsSync(own)) {
    return unfit(
      `The data folder ${dataDir} was made by an ordinary user, and root can't run its PostgreSQL cluster: start as that user, or set PAYFLOW_DATA_DIR to another folder.`,
    );
  }
  if (id === undefined) return { state: "new" };
  if (!/^[0-9a-f]{12}$/.test(id)) {
    return unfit(
      `${join(dataDir, clusterIdFile)} names no PostgreSQL cluster: restore that file, or run bun run reset to start with empty data.`,
    );
  }
  const folder = join(store, id);
  if (!existsSync(folder)) {
    return unfit(
      `The orders and payments of ${dataDir} are not on this machine: its PostgreSQL cluster ${folder} is gone. Bring that folder here as well, or run bun run reset to begin with empty data.`,
    );
  }
  const other = ownerOf(folder);
  if (other !== undefined && !isSame(other, dataDir) && readId(other) === id) {
    return unfit(
      `The data folder ${dataDir} is a copy of ${other}, and both name the PostgreSQL cluster ${folder}: use ${other}, or run bun run reset on the copy to begin with empty data there; ${other} keeps its own.`,
    );
  }
  return { state: "there", dir: join(folder, "postgres") };
}

/**
 * The folder of this data folder's cluster, which from now on is known as its.
 * @throws UserError when the data folder has another one that can't be used
 */
export function claimCluster(dataDir: string, options: ClusterOptions = {}): string {
  const { store = rootsPostgresDir, asRoot = isRoot() } = options;
  const place = findCluster(dataDir, options);
  if (place.state === "unfit") throw new UserError(place.fault);
  if (!asRoot) return join(dataDir, "postgres");
  const id = readId(dataDir) ?? randomBytes(6).toString("hex");
  const folder = join(store, id);
  mkdirSync(folder, { recursive: true });
  // The owner first: a cluster that no data folder names is found by it.
  write(join(folder, ownerFile), JSON.stringify({ dataDir: realpathSync(dataDir) }));
  write(join(dataDir, clusterIdFile), id);
  return join(folder, "postgres");
}

/** Removes the cluster of this data folder, and no other folder's. */
export function removeCluster(dataDir: string, options: ClusterOptions = {}): void {
  const place = findCluster(dataDir, options);
  if (place.state !== "there") return;
  const { store = rootsPostgresDir, asRoot = isRoot() } = options;
  const id = readId(dataDir);
  if (!asRoot || id === undefined) rmSync(place.dir, { recursive: true });
  else rmSync(join(store, id), { recursive: true });
}

export type LeftCluster = {
  readonly folder: string;
  /** Where its data folder was last; undefined when that was never written down. */
  readonly dataDir: string | undefined;
};

/** Root's clusters that no data folder names where it was last seen. */
export function leftClusters(store = rootsPostgresDir): LeftCluster[] {
  if (!existsSync(store)) return [];
  return readdirSync(store)
    .filter((name) => /^[0-9a-f]{12}$/.test(name))
    .map((id) => {
      const folder = join(store, id);
      return { id, folder, dataDir: ownerOf(folder) };
    })
    .filter(({ id, dataDir }) => !dataDir || readId(dataDir) !== id)
    .map(({ folder, dataDir }) => ({ folder, dataDir }));
}

function unfit(fault: string): ClusterPlace {
  return { state: "unfit", fault };
}

function readId(dataDir: string): string | undefined {
  return readOr(join(dataDir, clusterIdFile))?.trim();
}

function ownerOf(folder: string): string | undefined {
  try {
    const owner = JSON.parse(readOr(join(folder, ownerFile)) ?? "") as {
      dataDir?: unknown;
    };
    return typeof owner.dataDir === "string" ? owner.dataDir : undefined;
  } catch {
    return undefined;
  }
}

/** The same folder, by whichever links it is reached. */
function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

/** Whole or not at all. */
function write(path: string, text: string): void {
  writeFileSync(`${path}.half`, `${text}\n`);
  renameSync(`${path}.half`, path);
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
