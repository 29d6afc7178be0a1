// `bun run mutations [TEXT]`: breaks one rule after the other in a copy of the tree, and tells whether its test saw it.
// With TEXT only those whose rule contains it. Fails when a test stays green, or was red before anything was broken.
import { wordsOrExit } from "@payflow/local-stack";
import { mutations } from "./mutations.ts";
import type { Killer } from "./mutation.ts";
import { createWorkCopy, type WorkCopy } from "./work_copy.ts";

/** Far beyond the slowest of these tests, starting PostgreSQL and Kafka included. */
const testWithinMs = 240_000;

const { words } = wordsOrExit(
  {
    usage: `bun run mutations [TEXT]

Breaks one rule after the other in a copy of the tree, and fails when a test stays green.
With TEXT only those rules that contain it.`,
    wordsMax: 1,
  },
  process.argv.slice(2),
);
const [wanted = ""] = words;
const chosen = mutations.filter(({ rule }) => rule.includes(wanted));
const green = new Map<string, boolean>();
let faults = 0;
const copy = await createWorkCopy();
try {
  for (const { rule, broken, file, find, replace, killer } of chosen) {
    const startedAt = performance.now();
    const verdict = await tryOut(copy, { file, find, replace, killer });
    if (verdict !== "killed") faults += 1;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(
      `${verdict === "killed" ? "✓" : "✗"} ${verdict.padEnd(8)} ${rule}: ${broken} (${killer.file}, ${seconds} s)`,
    );
  }
} finally {
  await copy.remove();
}
console.log(
  `\n${chosen.length - faults} of ${chosen.length} broken rules were seen`,
);
process.exit(faults > 0 || chosen.length === 0 ? 1 : 0);

async function tryOut(
  copy: WorkCopy,
  mutation: {
    readonly file: string;
    readonly find: string;
    readonly replace: string;
    readonly killer: Killer;
  },
): Promise<"killed" | "survived" | "red before" | "not found"> {
  const { file, find, replace, killer } = mutation;
  const text = await copy.read(file);
  if (!text.includes(find)) return "not found";
  const name = JSON.stringify(killer);
  const wasGreen =
    green.get(name) ?? (await passes(copy, killer, { tells: true }));
  green.set(name, wasGreen);
  if (!wasGreen) return "red before";
  await copy.write(
    file,
    text.replaceAll(find, () => replace),
  );
  try {
    return (await passes(copy, killer, { tells: false }))
      ? "survived"
      : "killed";
  } finally {
    await copy.write(file, text);
  }
}

/** `--bail`: the first failure says enough. `tells`: what went wrong is of interest. */
async function passes(
  { folder }: WorkCopy,
  { file, name, env }: Killer,
  { tells }: { readonly tells: boolean },
): Promise<boolean> {
  const named = name === undefined ? [] : ["-t", name];
  const command = [process.execPath, "test", "--bail", file, ...named];
  const run = Bun.spawn(command, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: testWithinMs,
  });
  const output = await new Response(run.stderr).text();
  const isGreen = (await run.exited) === 0;
  if (!isGreen && tells) console.log(output.trimEnd());
  return isGreen;
}
