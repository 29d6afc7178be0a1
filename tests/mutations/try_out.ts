import { brokenText, type Killer, type Mutation } from "./mutation.ts";
import type { WorkCopy } from "./work_copy.ts";

/**
 * noticed: the test failed. survived: the test passed. red before: the test failed without the mutation. not found:
 * `find` is not in the file. no program: the mutated file does not parse. no end: the test timed out, so it proves nothing.
 */
export type Verdict = "noticed" | "survived" | "red before" | "not found" | "no program" | "no end";

type Run = { readonly outcome: "green" | "red" | "no end"; ms: number };

/** Each test's result without a mutation. */
export type UnbrokenTests = Map<string, Promise<Run>>;

export function unbrokenTests(): UnbrokenTests {
  return new Map();
}

/** Far longer than any test takes on a busy machine. */
const unbrokenWithinMs = 600_000;
/** Longer than the tests' own time-outs (ten minutes), which must end a test that waits in vain. */
const slowerBy = { times: 4, ms: 900_000 };

export async function breakAndTest(
  mutation: Mutation,
  options: {
    readonly copy: WorkCopy;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly unbroken: UnbrokenTests;
  },
): Promise<Verdict> {
  const { file, killer } = mutation;
  const { copy, env, unbroken } = options;
  const text = await copy.read(file);
  const broken = brokenText(text, mutation);
  if (broken === undefined) return "not found";
  if (!parses(file, broken)) return "no program";
  const name = JSON.stringify(killer);
  let before = unbroken.get(name);
  if (before === undefined) {
    before = run(killer, { copy, env, withinMs: unbrokenWithinMs });
    unbroken.set(name, before);
  }
  const { outcome, ms } = await before;
  if (outcome !== "green") return "red before";
  await copy.write(file, broken);
  try {
    const withinMs = ms * slowerBy.times + slowerBy.ms;
    const after = await run(killer, { copy, env, withinMs, isBroken: true });
    if (after.outcome === "green") return "survived";
    return after.outcome === "red" ? "noticed" : "no end";
  } finally {
    await copy.write(file, text);
  }
}

/** A test that fails because the mutated file cannot be loaded proves nothing. */
function parses(file: string, text: string): boolean {
  if (!/\.tsx?$/.test(file)) return true;
  const loader = file.endsWith("x") ? "tsx" : "ts";
  try {
    new Bun.Transpiler({ loader }).transformSync(text);
    return true;
  } catch {
    return false;
  }
}

/** Stops at the first failure. Prints the output of a test that fails without a mutation. */
async function run(
  { file, name, env: more }: Killer,
  options: {
    readonly copy: WorkCopy;
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly withinMs: number;
    readonly isBroken?: boolean;
  },
): Promise<Run> {
  const { copy, env, withinMs, isBroken = false } = options;
  const startedAtMs = performance.now();
  const named = name === undefined ? [] : ["-t", RegExp.escape(name)];
  const command = [process.execPath, "test", "--bail", file, ...named];
  const child = Bun.spawn(command, {
    cwd: copy.folder,
    env: { ...env, ...more },
    stdio: ["ignore", "ignore", "pipe"],
    timeout: Math.ceil(withinMs),
    killSignal: "SIGKILL",
  });
  const output = await new Response(child.stderr).text();
  const exitCode = await child.exited;
  const ms = performance.now() - startedAtMs;
  if (exitCode !== 0 && !isBroken) console.log(output.trimEnd());
  if (child.signalCode !== null) return { outcome: "no end", ms };
  return { outcome: exitCode === 0 ? "green" : "red", ms };
}
