export type TestFiles = {
  /** `x_test.ts`: milliseconds, nothing running. */
  readonly unit: readonly string[];
  /** `x_integration_test.ts`, `x_browser_test.ts`: on real parts. */
  readonly onParts: readonly string[];
};

/** All test files of the repository, sorted, the browser's first: they take longest. */
export function findTestFiles(root: string): TestFiles {
  const glob = new Bun.Glob("{packages,ui,tests,bench}/**/*_test.{ts,tsx}");
  const found = [...glob.scanSync({ cwd: root })].filter((path) => !path.includes("node_modules/"));
  return sortTestFiles(found);
}

export function sortTestFiles(paths: readonly string[]): TestFiles {
  const kind = (path: string) => /_(integration|browser)_test\.tsx?$/.exec(path)?.[1] ?? "unit";
  const of = (wanted: string) => paths.filter((path) => kind(path) === wanted).sort();
  return { unit: of("unit"), onParts: [...of("browser"), ...of("integration")] };
}
