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

/**
 * The archive lies beside the jars. Java finds it by the broker's link to
 * that folder: a colon in a path would mean a second archive.
 */
export function classArchive(
  jars: string,
  { java, link }: { readonly java: Java; readonly link: string },
): ClassArchive {
  // Java holds an archive to its class path: with another one, another name.
  const file = `broker-java${java.version}.jsa`;
  if (existsSync(join(jars, file))) {
    // An archive of another build of this Java is passed over, not an error.
    const flags = [`-XX:SharedArchiveFile=${join(link, file)}`, "-Xshare:auto", "-Xlog:cds=off"];
    return { flags, keep() {} };
  }
  const half = `${file}.${process.pid}.half`;
  return {
    flags: [`-XX:ArchiveClassesAtExit=${join(link, half)}`],
    keep(exitCode) {
      // 143: ended by SIGTERM, as requested.
      const whole = exitCode === 0 || exitCode === 143;
      if (whole && existsSync(join(jars, half))) renameSync(join(jars, half), join(jars, file));
      else rmSync(join(jars, half), { force: true });
    },
  };
}
