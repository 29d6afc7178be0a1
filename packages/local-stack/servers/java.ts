// Built-in modules only, because checks before the installation of packages use this.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathSetting } from "../path_setting.ts";

export type Java = { readonly path: string; readonly version: number };

/** Kafka 4 runs on Java 17 and later. */
export const oldestJava = 17;

/**
 * The environment of a JVM. Under the C locale, Java cannot open a path with Korean letters, not
 * even its own installation.
 */
export function javaEnvironment(env: Record<string, string | undefined>) {
  return { PATH: env["PATH"], LC_ALL: "C.UTF-8" };
}

/** Tries JAVA_HOME first, then the PATH; undefined when no Java is new enough. */
export function findJava(env: Record<string, string | undefined>): Java | undefined {
  const home = pathSetting(env, "JAVA_HOME");
  const candidates = home ? [join(home, "bin", "java"), "java"] : ["java"];
  for (const path of candidates) {
    const run = spawnSync(path, ["-version"], {
      encoding: "utf8",
      timeout: 20_000,
      env: javaEnvironment(env),
    });
    const version = javaVersion(run.stderr ?? "");
    if (run.status === 0 && version >= oldestJava) return { path, version };
  }
  return undefined;
}

/** The feature release in the output of `java -version`: 8 for "1.8.0_392", 0 for none. */
export function javaVersion(output: string): number {
  const match = /version "(?:1\.)?(\d+)/.exec(output);
  return match ? Number(match[1]) : 0;
}

/** How to install Java on this system, for the message that it is missing. */
export function howToInstallJava(
  platform: NodeJS.Platform,
  has: (command: string) => boolean,
): string {
  if (platform === "darwin") return "run brew install openjdk@21";
  if (has("apt-get")) return "run sudo apt-get install default-jre-headless";
  if (has("dnf")) return "run sudo dnf install java-21-openjdk-headless";
  if (has("pacman")) return "run sudo pacman -S jre-openjdk-headless";
  if (has("zypper")) return "run sudo zypper install java-21-openjdk-headless";
  return "install it";
}
