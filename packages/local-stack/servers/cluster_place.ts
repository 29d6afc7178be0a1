// Which PostgreSQL cluster belongs to a data folder. An ordinary user's cluster is inside it.
// Root's cluster is in a folder that PostgreSQL's user can enter, and an id in the data folder
// names it. So a moved data folder keeps its cluster, and a new folder at the old path does not get
// it. Built-in modules only.
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

/** In the data folder: the id of root's cluster. */
export const clusterIdFile = "cluster-id";
/** Beside the cluster: the path of its data folder. */
const ownerFile = "data-folder.json";

export type ClusterPlace =
  /** This data folder has no cluster yet. */
  | { readonly state: "new" }
  | { readonly state: "there"; readonly dir: string }
  /** The data folder's cluster cannot be used; `fault` says why and what to do. */
  | { readonly state: "unfit"; readonly fault: string };

export type ClusterOptions = {
  /** The folder of root's clusters. */
  readonly store?: string;
  readonly asRoot?: boolean;
};

/** Read-only. */
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
 * The cluster's folder of this data folder. Records the link between the two.
 * @throws UserError when the data folder's cluster cannot be used
 */
export function claimCluster(dataDir: string, options: ClusterOptions = {}): string {
  const { store = rootsPostgresDir, asRoot = isRoot() } = options;
  const place = findCluster(dataDir, options);
  if (place.state === "unfit") throw new UserError(place.fault);
  if (!asRoot) return join(dataDir, "postgres");
  const id = readId(dataDir) ?? randomBytes(6).toString("hex");
  const folder = join(store, id);
  mkdirSync(folder, { recursive: true });
  // The owner file first: abandonedClusters() reads it for a cluster that no data folder names.
  write(join(folder, ownerFile), JSON.stringify({ dataDir: realpathSync(dataDir) }));
  write(join(dataDir, clusterIdFile), id);
  return join(folder, "postgres");
}

/** Removes the cluster of this data folder only. */
export function removeCluster(dataDir: string, options: ClusterOptions = {}): void {
  const place = findCluster(dataDir, options);
  if (place.state !== "there") return;
  const { store = rootsPostgresDir, asRoot = isRoot() } = options;
  const id = readId(dataDir);
  if (!asRoot || id === undefined) rmSync(place.dir, { recursive: true });
  else rmSync(join(store, id), { recursive: true });
}

export type AbandonedCluster = {
  readonly folder: string;
  /** The last known data folder; undefined when none was recorded. */
  readonly dataDir: string | undefined;
};

/** Root's clusters whose last known data folder does not name them any more. */
export function abandonedClusters(store = rootsPostgresDir): AbandonedCluster[] {
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

/** Compares folders after resolving symbolic links. */
function isSame(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

/** Atomic, by a rename. */
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
