import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const rounds = 200;
const roundMs = 2;
const startMs = 600;

test("lockStack() locks a folder for one of two concurrent starts, also after a crash", async () => {
  const folder = mkdtempSync(join(tmpdir(), "payflow-lock-"));
  // a stack's process is recognized by the path of its main file
  const main = join(folder, "operate/main.ts");
  mkdirSync(join(folder, "operate"));
  const lock = JSON.stringify(join(import.meta.dir, "stack_lock.ts"));
  writeFileSync(
    main,
    `import { lockStack } from ${lock};
    const [folder, startsAt] = process.argv.slice(2);
    const locked = [];
    for (let round = 0; round < ${rounds}; round++) {
      while (Date.now() < Number(startsAt) + round * ${roundMs});
      try {
        lockStack(folder + "/" + round);
        locked.push(round);
      } catch {}
    }
    console.log(JSON.stringify(locked));
    await Bun.stdin.text();`,
  );
  for (let round = 0; round < rounds; round += 2) {
    mkdirSync(join(folder, String(round)));
    writeFileSync(join(folder, String(round), "stack.pid"), "4194304\n");
  }
  try {
    const startsAt = String(Date.now() + startMs);
    const starts = ["one", "other"].map(() =>
      Bun.spawn([process.execPath, main, folder, startsAt], { stdin: "pipe", stdout: "pipe" }),
    );
    const locked = await Promise.all(
      starts.map(async ({ stdout }) => {
        for await (const chunk of stdout)
          return JSON.parse(new TextDecoder().decode(chunk)) as number[];
        return [];
      }),
    );
    for (const start of starts) void start.stdin.end();
    await Promise.all(starts.map(({ exited }) => exited));
    const inOrder = locked.flat().toSorted((a, b) => a - b);
    expect(inOrder).toEqual(Array.from({ length: rounds }, (_, round) => round));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
