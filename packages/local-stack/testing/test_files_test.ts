import { expect, test } from "bun:test";
import { join } from "node:path";
import { longTests } from "./long_tests.ts";
import { findTestFiles, groupTestFiles } from "./test_files.ts";

const root = join(import.meta.dir, "..", "..", "..");

test("groupTestFiles() separates unit tests from integration and browser tests", () => {
  const files = [
    "ui/page_test.tsx",
    "tests/first_integration_test.ts",
    "ui/first_browser_test.ts",
    "packages/order/domain/order_test.ts",
  ];
  expect(groupTestFiles(files)).toEqual({
    unit: ["packages/order/domain/order_test.ts", "ui/page_test.tsx"],
    onParts: [["tests/first_integration_test.ts", "ui/first_browser_test.ts"]],
  });
});

test("groupTestFiles() starts long files first, each in its own process, and keeps all others", () => {
  const short = Array.from({ length: 20 }, (_, index) => `tests/${index}_integration_test.ts`);
  const [first = "", second = ""] = longTests;
  const { onParts } = groupTestFiles([...short, second, first]);
  expect(onParts.slice(0, 2)).toEqual([[first], [second]]);
  expect(onParts.slice(2).flat()).toEqual(short.toSorted());
  expect(Math.max(...onParts.map((files) => files.length))).toBeLessThan(10);
});

test("every long test is a file of the repository", () => {
  const own = findTestFiles(root).onParts.filter((files) => files.length === 1);
  expect(own.flat()).toEqual(expect.arrayContaining([...longTests]));
  expect(new Set(longTests).size).toBe(longTests.length);
});
