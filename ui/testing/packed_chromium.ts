// The Chromium inside `@sparticuz/chromium`, unpacked once into the user's cache. The package itself unpacks into the
// temporary folder and uses any files there, also those that another test process is still writing.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { cacheDir } from "@payflow/local-stack/testing";
import type { LaunchOptions } from "playwright-core";

const koreanFont = Bun.resolveSync(
  "pretendard/dist/public/static/Pretendard-Regular.otf",
  import.meta.dir,
);

/** Stops a hanging process: unpacking takes seconds, or minutes on a very busy machine. */
const unpackWithinMs = 600_000;

/**
 * The package's own file names fixed folders, one of them in the system's temporary folder. If that has no fonts,
 * Chromium crashes when it draws text.
 */
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/** The executable, and the environment in which it finds its libraries and fonts. */
export async function packedChromium(
  env: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Required<Pick<LaunchOptions, "executablePath" | "env">>> {
  const folder = cacheDir(`chromium-${await packedVersion()}-with-korean-fonts`, env);
  if (!existsSync(folder)) await unpack(folder);
  return {
    executablePath: join(folder, "chromium"),
    env: {
      ...env,
      LD_LIBRARY_PATH: join(folder, "al2023", "lib"),
      FONTCONFIG_PATH: join(folder, "fonts"),
      FONTCONFIG_FILE: join(folder, "fonts", "fonts.conf"),
      XDG_CACHE_HOME: join(folder, "cache"),
    },
  };
}

async function packedVersion(): Promise<string> {
  const entry = Bun.resolveSync("@sparticuz/chromium", import.meta.dir);
  const file = Bun.file(join(entry, "..", "..", "..", "package.json"));
  return ((await file.json()) as { version: string }).version;
}

/** The folder gets its final name when it is complete; among concurrent processes, the first one's stays. */
async function unpack(folder: string): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true });
  const part = mkdtempSync(`${folder}.part-`);
  try {
    const script = 'await (await import("@sparticuz/chromium")).default.executablePath()';
    const run = Bun.spawn([process.execPath, "-e", script], {
      cwd: import.meta.dir,
      // with the runtime variable the package also unpacks its libraries, which only some machines have installed
      env: { ...process.env, TMPDIR: part, AWS_LAMBDA_JS_RUNTIME: "nodejs22.x" },
      stdio: ["ignore", "ignore", "pipe"],
      timeout: unpackWithinMs,
    });
    const complaint = await new Response(run.stderr).text();
    if ((await run.exited) !== 0)
      throw new Error(`Chromium could not be unpacked: ${complaint.trim()}`);
    writeFileSync(join(part, "fonts", "fonts.conf"), fontsConf);
    // the package's own fonts have no Korean characters, which every Korean shopper's system has
    copyFileSync(koreanFont, join(part, "fonts", "fonts", basename(koreanFont)));
    if (!existsSync(folder)) renameSync(part, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}
