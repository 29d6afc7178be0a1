// Java can keep Kafka's loaded classes in a file and starts from it in two
// thirds of the time. The first broker that ends in order writes it.
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Java } from "./java.ts";

export type ClassArchive = {
  readonly flags: readonly string[];
  /** To be called with the broker's exit code. */
  keep(exitCode: number): void;
};

export function classArchive(jars: string, java: Java): ClassArchive {
  const file = join(jars, `classes-java${java.version}.jsa`);
  if (existsSync(file)) {
    // An archive of another build of this Java is passed over, not an error.
    const flags = [`-XX:SharedArchiveFile=${file}`, "-Xshare:auto"];
    return { flags, keep() {} };
  }
  const half = `${file}.${process.pid}.half`;
  return {
    flags: [`-XX:ArchiveClassesAtExit=${half}`],
    keep(exitCode) {
      // 143: ended by SIGTERM, as asked.
      const whole = exitCode === 0 || exitCode === 143;
      if (whole && existsSync(half)) renameSync(half, file);
      else rmSync(half, { force: true });
    },
  };
}
