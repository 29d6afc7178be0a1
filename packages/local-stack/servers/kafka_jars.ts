// Downloads Apache Kafka's run-time jars from a Maven repository into the user's cache. A jar gets
// its final name after its checksum was verified, so an interrupted download never counts as
// complete.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir } from "../cache_dir.ts";
import { UserError } from "../terminal/user_error.ts";

export const kafkaVersion = "4.4.0";

export type Jar = {
  readonly sha256: string;
  readonly bytes: number;
  /** Maven's `group:artifact:version`. */
  readonly coordinates: string;
  readonly file: string;
};

export type JarProgress = {
  readonly bytes: number;
  readonly bytesTotal: number;
};

/** More parallel downloads gain nothing on common connections and load the repository. */
const downloadsAtOnce = 6;
/** Even a slow connection receives some bytes within this time. */
const silentMs = 60_000;
const triesPerJar = 3;

export function parseJars(table: string): Jar[] {
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [sha256 = "", bytes = "", coordinates = ""] = line.split("\t");
      const [, artifact, version] = coordinates.split(":");
      const file = `${artifact}-${version}.jar`;
      return { sha256, bytes: Number(bytes), coordinates, file };
    });
}

/** The jars' folder in the user's cache. */
export function kafkaCacheDir(env: Record<string, string | undefined>): string {
  return cacheDir(`kafka-${kafkaVersion}`, env);
}

/**
 * Downloads the jars that are missing in `folder`.
 * @throws UserError when a download fails
 */
export async function fetchKafkaJars(
  folder: string,
  options: {
    readonly repository?: string | undefined;
    readonly onProgress?: (progress: JarProgress) => void;
  } = {},
): Promise<void> {
  const jars = parseJars(await Bun.file(join(import.meta.dir, "kafka_jars.tsv")).text());
  const missing = jars.filter((jar) => !isThere(folder, jar));
  if (missing.length === 0) return;
  mkdirSync(folder, { recursive: true });
  removeHalves(folder);
  const bytesTotal = sum(missing);
  const done: Jar[] = [];
  const queue = [...missing];
  const partials = new Map<Jar, string>();
  const report = () => {
    const underWay = [...partials.values()].map(sizeOf);
    const bytes = sum(done) + underWay.reduce((total, size) => total + size, 0);
    options.onProgress?.({ bytes: Math.min(bytes, bytesTotal), bytesTotal });
  };
  const timer = setInterval(report, 200);
  const worker = async () => {
    for (let jar = queue.shift(); jar; jar = queue.shift()) {
      await fetchJar(jar, {
        folder,
        repository: options.repository,
        onTry: (partial) => partials.set(jar, partial),
      });
      partials.delete(jar);
      done.push(jar);
    }
  };
  try {
    await Promise.all(Array.from({ length: downloadsAtOnce }, worker));
    report();
  } finally {
    clearInterval(timer);
    queue.length = 0;
  }
}

/** Removes partial files of interrupted downloads. */
function removeHalves(folder: string): void {
  const names = readdirSync(folder).filter((name) => name.endsWith(".part"));
  for (const path of names.map((name) => join(folder, name))) {
    const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - changedAt > halfForMs) rmSync(path, { force: true });
  }
}

/** A partial file must be older than this, because another start may still write to it. */
const halfForMs = 60 * 60_000;

async function fetchJar(
  jar: Jar,
  options: {
    readonly folder: string;
    readonly repository: string | undefined;
    readonly onTry: (partial: string) => void;
  },
): Promise<void> {
  const { folder, repository } = options;
  let reason = "";
  for (let tries = 0; tries < triesPerJar; tries++) {
    const partial = join(folder, `${jar.file}.${process.pid}.part`);
    options.onTry(partial);
    try {
      const sha256 = await download(await addressOf(jar, repository), partial);
      if (sha256 === jar.sha256) {
        renameSync(partial, join(folder, jar.file));
        return;
      }
      reason = `its checksum is ${sha256} instead of ${jar.sha256}`;
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    rmSync(partial, { force: true });
    await Bun.sleep(500 * 2 ** tries);
  }
  throw new UserError(
    `Cannot download ${jar.coordinates} for Kafka (${reason}): check the network, set PAYFLOW_MAVEN_REPOSITORY to a Maven mirror that you can reach, or set KAFKA_BROKERS to a Kafka of your own.`,
  );
}

async function addressOf({ coordinates }: Jar, repository: string | undefined): Promise<string> {
  const { default: module } = await import("mvn-artifact-url");
  // A CommonJS package: the loader decides whether the function is wrapped in `default`.
  const artifactUrl = "default" in module ? (module.default as typeof module) : module;
  const [groupId = "", artifactId = "", version = ""] = coordinates.split(":");
  const base = repository && `${repository.replace(/\/+$/, "")}/`;
  return await artifactUrl({ groupId, artifactId, version, extension: "jar" }, base);
}

/** Returns the SHA-256 of the file. Rejects when the connection breaks or sends no data. */
async function download(url: string, path: string): Promise<string> {
  const silent = new AbortController();
  const silence = () => silent.abort(new Error(`no data for ${silentMs / 1000} s`));
  const timer = setTimeout(silence, silentMs);
  const file = await open(path, "w");
  try {
    const response = await fetch(url, { signal: silent.signal });
    if (response.status !== 200) throw new Error(`${url} returns HTTP ${response.status}`);
    const hash = createHash("sha256");
    for await (const bytes of response.body ?? []) {
      timer.refresh();
      hash.update(bytes);
      await file.appendFile(bytes);
    }
    return hash.digest("hex");
  } finally {
    clearTimeout(timer);
    await file.close();
  }
}

function isThere(folder: string, jar: Jar): boolean {
  const path = join(folder, jar.file);
  return existsSync(path) && statSync(path).size === jar.bytes;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function sum(jars: readonly Jar[]): number {
  return jars.reduce((total, jar) => total + jar.bytes, 0);
}
