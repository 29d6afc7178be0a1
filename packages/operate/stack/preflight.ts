// Checks everything that PayFlow needs of the machine before anything is downloaded,
// so that all missing things are reported at once. Built-in modules only.
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statfsSync,
} from "node:fs";
import { join } from "node:path";
import {
  findCluster,
  findJava,
  howToInstallJava,
  isRoot,
  kafkaCacheDir,
  oldestJava,
  portOwner,
  portRefusal,
} from "@payflow/local-stack";
import { portsInUse, portVariables, type Environment, type Settings } from "./settings.ts";

/** Packages need 400 MB, Kafka 95 MB with its class archive; the rest is for data. */
const freeBytesMin = 1024 ** 3;

/** One sentence with the remedy for each missing thing. */
export function preflight(settings: Settings, env: Environment): string[] {
  return [
    ...checkSystem(settings),
    ...checkClonePath(settings),
    ...checkBun(settings.root),
    ...(settings.brokers ? [] : [...checkJava(env), ...checkCacheDir(env)]),
    ...checkDataDir(settings.dataDir),
    ...(settings.databases ? [] : checkCluster(settings.dataDir)),
    ...checkPorts(settings),
  ];
}

function checkSystem(settings: Settings): string[] {
  const { platform, arch } = process;
  if (platform === "win32") {
    return ["PayFlow runs on Linux and macOS: on Windows start it within WSL 2."];
  }
  if (settings.databases) return [];
  if (!["x64", "arm64"].includes(arch)) {
    return [
      `PayFlow includes no PostgreSQL for ${platform}-${arch}: set DATABASE_URL to your own.`,
    ];
  }
  if (platform === "linux" && isMusl()) {
    return [
      "This Linux has musl instead of glibc, and the included PostgreSQL needs glibc: use docker compose up, or set DATABASE_URL to your own PostgreSQL.",
    ];
  }
  return [];
}

/** initdb calls its own programs through a shell, in double quotes. For root they are copied to another folder. */
function checkClonePath({ root, databases }: Settings): string[] {
  if (databases || isRoot() || !/["$`\\]/.test(root)) return [];
  return [
    `PostgreSQL cannot be run from ${root}: its path holds one of " $ \` \\: move the clone, or set DATABASE_URL to a PostgreSQL of your own.`,
  ];
}

function checkCacheDir(env: Environment): string[] {
  const folder = kafkaCacheDir(env);
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return [];
  } catch (error) {
    return [
      `Kafka's files cannot be kept in ${folder} (${(error as NodeJS.ErrnoException).code}): set XDG_CACHE_HOME to a folder that can be written to.`,
    ];
  }
}

function isMusl(): boolean {
  const folders = ["/lib", "/lib64"].filter((path) => existsSync(path));
  const loaders = folders.flatMap((path) => readdirSync(path));
  const has = (start: string) => loaders.some((name) => name.startsWith(start));
  return has("ld-musl-") && !has("ld-linux-");
}

function checkBun(root: string): string[] {
  const manifest = readFileSync(join(root, "package.json"), "utf8");
  const { packageManager } = JSON.parse(manifest) as { packageManager: string };
  const wanted = packageManager.replace("bun@", "");
  if (!Bun.semver.satisfies(Bun.version, `<${wanted}`)) return [];
  return [
    `This is Bun ${Bun.version} and PayFlow needs ${wanted} or later: run npx -y bun@${wanted} start.`,
  ];
}

function checkJava(env: Environment): string[] {
  if (findJava(env)) return [];
  const has = (command: string) => Bun.which(command) !== null;
  return [
    `Kafka needs Java ${oldestJava} or later, and neither JAVA_HOME nor the PATH has one: ${howToInstallJava(process.platform, has)}, or set KAFKA_BROKERS to your own Kafka, or use docker compose up.`,
  ];
}

function checkDataDir(dataDir: string): string[] {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    return [
      `The data folder ${dataDir} cannot be written to (${(error as NodeJS.ErrnoException).code}): set PAYFLOW_DATA_DIR to one that can.`,
    ];
  }
  const { bavail, bsize } = statfsSync(dataDir);
  if (bavail * bsize >= freeBytesMin) return [];
  return [
    `Only ${Math.floor((bavail * bsize) / 1024 ** 2)} MB are free on the disk of ${dataDir}, and PayFlow needs ${freeBytesMin / 1024 ** 2}: free some, or set PAYFLOW_DATA_DIR to another disk.`,
  ];
}

function checkCluster(dataDir: string): string[] {
  const place = findCluster(dataDir);
  return place.state === "unfit" ? [place.fault] : [];
}

function checkPorts(settings: Settings): string[] {
  return portsInUse(settings).flatMap((name) => {
    const port = settings.ports[name];
    const refusal = portRefusal(port);
    if (refusal === undefined) return [];
    if (refusal === "EACCES")
      return [
        `Port ${port} is reserved for root on this system: set ${portVariables[name]} to a port above 1023.`,
      ];
    const owner = portOwner(port) ?? "another program";
    return [
      `Port ${port} is in use by ${owner}: stop that, or set ${portVariables[name]} to a free port.`,
    ];
  });
}
