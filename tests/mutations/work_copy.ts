// A copy of the tree for mutations: files are copied, installed packages are linked.
import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const root = join(import.meta.dir, "..", "..");
const left = new Set([".git", ".payflow"]);

export type WorkCopy = Awaited<ReturnType<typeof createWorkCopy>>;

export async function createWorkCopy() {
  const folder = await mkdtemp(join(tmpdir(), "payflow-mutations-"));
  const store = join("node_modules", ".bun");
  // links between packages are copied verbatim, so that they point to the copy's packages
  await cp(root, folder, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (source) => {
      const path = relative(root, source);
      return path !== store && !left.has(path);
    },
  });
  await symlink(join(root, store), join(folder, store));
  return {
    folder,
    read: (file: string) => Bun.file(join(folder, file)).text(),
    write: (file: string, text: string) => Bun.write(join(folder, file), text),
    remove: () => rm(folder, { recursive: true }),
  };
}
