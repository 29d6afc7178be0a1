import fc from "fast-check";
import { runScenario } from "./run_scenario.ts";
import { scenario } from "./scenario.ts";

export type Share = {
  readonly seed: number;
  readonly numRuns: number;
  /** Where a failure was found, to repeat that one alone. */
  readonly path?: string | undefined;
  /** Called before every scenario that is played, also while a failing one is made shorter. */
  readonly onRun?: () => void;
};

/** Plays so many scenarios; throws with the shortest failing one, and with the seed and path that repeat it. */
export async function checkModel({ seed, numRuns, path, onRun = () => {} }: Share): Promise<void> {
  const property = fc.asyncProperty(scenario, async (one) => {
    onRun();
    await runScenario(one);
  });
  await fc.assert(property, {
    seed,
    numRuns,
    // the first failure is enough for who only wants to know whether there is one
    endOnFailure: process.env["MODEL_SHRINK"] === "0",
    ...(path === undefined ? {} : { path }),
  });
}
