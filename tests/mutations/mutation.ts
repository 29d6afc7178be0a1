/** A guarantee, a mutation that breaks it, and the test that must fail then. */
export type Mutation = {
  /** The guarantee. */
  readonly rule: string;
  /** The behaviour of the mutation. */
  readonly broken: string;
  readonly file: string;
  /** All occurrences are replaced; whitespace does not matter. */
  readonly find: string;
  readonly replace: string;
  readonly killer: Killer;
};

export type Killer = {
  readonly file: string;
  /** A part of the test's name; without it the whole file runs. */
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** The mutated text of the file, or undefined when `find` is not in it. */
export function brokenText(text: string, { find, replace }: Mutation): string | undefined {
  const words = find
    .trim()
    .split(/\s+/)
    .map((word) => RegExp.escape(word));
  const wanted = new RegExp(words.join("\\s*"), "g");
  const broken = text.replace(wanted, () => replace);
  return broken === text ? undefined : broken;
}

/** The model test, for mutations that only some interleavings reveal; a fixed seed makes it repeatable. */
export function model(numRuns: number): Killer {
  const MODEL_RUNS = String(numRuns);
  const env = { MODEL_RUNS, MODEL_SEED: "1", MODEL_SHRINK: "0" };
  return { file: "tests/model/model_test.ts", env };
}
