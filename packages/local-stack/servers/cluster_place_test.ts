import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { claimCluster, findCluster, abandonedClusters, removeCluster } from "./cluster_place.ts";

let folder: string;
let options: { store: string; asRoot: boolean };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "payflow-cluster-"));
  options = { store: join(folder, "store"), asRoot: true };
});
afterEach(() => rmSync(folder, { recursive: true }));

function dataDir(name: string): string {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** A data folder that has been started as root once. */
function started(name: string): { path: string; cluster: string } {
  const path = dataDir(name);
  const cluster = claimCluster(path, options);
  mkdirSync(cluster);
  writeFileSync(join(cluster, "PG_VERSION"), "18\n");
  return { path, cluster };
}

const faultOf = (path: string, asRoot = true) => {
  const place = findCluster(path, { ...options, asRoot });
  return place.state === "unfit" ? place.fault : undefined;
};

test("the cluster is the same at the next start and after the data folder was moved", () => {
  const { path, cluster } = started("one");
  expect(claimCluster(path, options)).toBe(cluster);
  const moved = join(folder, "옮긴 곳");
  renameSync(path, moved);
  expect(claimCluster(moved, options)).toBe(cluster);
  // through a symbolic link too
  symlinkSync(moved, join(folder, "link"));
  expect(claimCluster(join(folder, "link"), options)).toBe(cluster);
  expect(abandonedClusters(options.store)).toEqual([]);
});

test("a new data folder at an old path gets a new cluster; the old cluster is listed", () => {
  const { path, cluster } = started("one");
  rmSync(path, { recursive: true });
  expect(abandonedClusters(options.store)).toEqual([
    { folder: join(cluster, ".."), dataDir: path },
  ]);
  const again = started("one");
  expect(again.cluster).not.toBe(cluster);
  expect(abandonedClusters(options.store)).toHaveLength(1);
});

test("a copy of a data folder is refused, and its reset keeps the original's data", () => {
  const { path, cluster } = started("one");
  const copy = join(folder, "two");
  cpSync(path, copy, { recursive: true });
  expect(faultOf(copy)).toContain(`is a copy of ${path}`);
  expect(() => claimCluster(copy, options)).toThrow("is a copy of");
  removeCluster(copy, options);
  expect(existsSync(cluster)).toBe(true);
  expect(faultOf(path)).toBeUndefined();
  removeCluster(path, options);
  expect(existsSync(cluster)).toBe(false);
});

test("rejects a data folder with a missing cluster or an invalid id", () => {
  const { path, cluster } = started("one");
  rmSync(join(cluster, ".."), { recursive: true });
  expect(faultOf(path)).toContain("are not on this machine");
  for (const id of ["../../etc", "", "ABCDEFABCDEF"]) {
    writeFileSync(join(path, "cluster-id"), id);
    expect(faultOf(path)).toContain("names no PostgreSQL cluster");
    removeCluster(path, options);
  }
  expect(existsSync(options.store)).toBe(true);
});

test("rejects a user's data folder under root, and root's under a user", () => {
  const asUser = { ...options, asRoot: false };
  const users = dataDir("user");
  expect(claimCluster(users, asUser)).toBe(join(users, "postgres"));
  mkdirSync(join(users, "postgres"));
  expect(findCluster(users, asUser).state).toBe("there");
  expect(faultOf(users)).toContain("made by an ordinary user");
  const { path } = started("root");
  expect(faultOf(path, false)).toContain("was made by root");
});

test("a start that was killed before initdb leaves a usable data folder", () => {
  const path = dataDir("one");
  claimCluster(path, options);
  expect(faultOf(path)).toBeUndefined();
});
