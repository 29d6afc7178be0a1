// Java can archive Kafka's loaded classes in a file, and a start with it takes two thirds of the
// time. The first broker that ends cleanly writes the file.
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Java } from "./java.ts";

export type ClassArchive = {
  readonly flags: readonly string[];
  /** Call it with the broker's exit code. */
  keep(exitCode: number): void;
};

/**
 * The archive is in the jars' folder. Java gets its path through the broker's link to that folder,
 * because a colon in a path would separate two archives.
 */
export function classArchive(
  jars: string,
  { java, link }: { readonly java: Java; readonly link: string },
): ClassArchive {
  // An archive is valid for one class path; change the name together with the class path.
  const file = `broker-java${java.version}.jsa`;
  if (existsSync(join(jars, file))) {
    // Java ignores an archive of another build, because of -Xshare:auto.
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
