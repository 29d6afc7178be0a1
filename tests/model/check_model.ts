import fc from "fast-check";
import { runScenario } from "./run_scenario.ts";
import { scenario } from "./scenario.ts";

export type Share = {
  readonly seed: number;
  readonly numRuns: number;
  /** fast-check's path of a failure, to repeat only that scenario. */
  readonly path?: string | undefined;
  /** Called before every scenario, also during shrinking. */
  readonly onRun?: () => void;
};

/** Runs `numRuns` scenarios; throws with the shortest failing one, and the seed and path that repeat it. */
export async function checkModel({ seed, numRuns, path, onRun = () => {} }: Share): Promise<void> {
  const property = fc.asyncProperty(scenario, async (one) => {
    onRun();
    await runScenario(one);
  });
  await fc.assert(property, {
    seed,
    numRuns,
    // MODEL_SHRINK=0 reports the first failure without shrinking it
    endOnFailure: process.env["MODEL_SHRINK"] === "0",
    ...(path === undefined ? {} : { path }),
  });
}
