// Finds the test files and groups those that share a process.
import { longTests } from "./long_tests.ts";

export type TestFiles = {
  /** `x_test.ts`: they take milliseconds and need no server. */
  readonly unit: readonly string[];
  /** `x_integration_test.ts`, `x_browser_test.ts`: one group per process, in order of start. */
  readonly onParts: readonly (readonly string[])[];
};

/**
 * Short files that share a process load the services' modules once, which takes as much CPU time as
 * the tests of one file. The groups are small, so that the last one does not run alone for long.
 */
const filesPerProcess = 6;

/** All test files of the repository, except those below `node_modules`. */
export function findTestFiles(root: string): TestFiles {
  const glob = new Bun.Glob("{packages,ui,tests,bench}/**/*_test.{ts,tsx}");
  const found = [...glob.scanSync({ cwd: root })].filter((path) => !path.includes("node_modules/"));
  return groupTestFiles(found);
}

/** Each long file gets its own process; long files start before the others, the longest first. */
export function groupTestFiles(paths: readonly string[]): TestFiles {
  const isOnParts = (path: string) => /_(integration|browser)_test\.tsx?$/.test(path);
  const sorted = [...paths].sort();
  const long = longTests.filter((path) => sorted.includes(path));
  const short = sorted.filter((path) => isOnParts(path) && !long.includes(path));
  const groups = Array.from({ length: Math.ceil(short.length / filesPerProcess) }, (_, index) =>
    short.slice(index * filesPerProcess, (index + 1) * filesPerProcess),
  );
  return {
    unit: sorted.filter((path) => !isOnParts(path)),
    onParts: [...long.map((path) => [path]), ...groups],
  };
}
