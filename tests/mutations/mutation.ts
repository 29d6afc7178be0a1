/** One rule of the design, broken in one place, and the test that must go red by it. */
export type Mutation = {
  /** What PayFlow guarantees. */
  readonly rule: string;
  /** How it is broken. */
  readonly broken: string;
  readonly file: string;
  /** Every place in the file where this text stands, however its lines are broken, is changed. */
  readonly find: string;
  readonly replace: string;
  readonly killer: Killer;
};

export type Killer = {
  readonly file: string;
  /** Part of the test's name, when one is enough. */
  readonly name?: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** The file's text with the rule broken, or undefined when the text to break is not there. */
export function brokenText(text: string, { find, replace }: Mutation): string | undefined {
  const words = find
    .trim()
    .split(/\s+/)
    .map((word) => RegExp.escape(word));
  const wanted = new RegExp(words.join("\\s*"), "g");
  const broken = text.replace(wanted, () => replace);
  return broken === text ? undefined : broken;
}

/** The model test finds what only an unlucky order of things brings out; a seed makes it find the same every time. */
export function model(numRuns: number): Killer {
  const MODEL_RUNS = String(numRuns);
  const env = { MODEL_RUNS, MODEL_SEED: "1", MODEL_SHRINK: "0" };
  return { file: "tests/model/model_test.ts", env };
}
