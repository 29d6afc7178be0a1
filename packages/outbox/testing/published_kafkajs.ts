import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const patch = `${import.meta.dir}/../../../patches/kafkajs@2.2.4.patch`;

/**
 * kafkajs as its authors published it: a copy of ours in a new temporary folder, with our patch reverted (needs git).
 * `root` is the package's folder.
 */
export async function publishedKafkajs(): Promise<{ root: string } & AsyncDisposable> {
  const ours = join(Bun.resolveSync("kafkajs/package.json", import.meta.dir), "..");
  const root = await mkdtemp(join(tmpdir(), "payflow-kafkajs-"));
  await cp(ours, root, { recursive: true, dereference: true });
  // git must not find a surrounding repository: it would skip files outside of that repository's folder
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() };
  const git = Bun.spawn(["git", "apply", "--reverse", patch], { cwd: root, env, stderr: "pipe" });
  const stderr = await new Response(git.stderr).text();
  if ((await git.exited) !== 0)
    throw new Error(`kafkajs differs from the patched version: ${stderr}`);
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) };
}
