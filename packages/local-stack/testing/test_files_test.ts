import { expect, test } from "bun:test";
import { sortTestFiles } from "./test_files.ts";

test("sortTestFiles() separates tests that need nothing from those on real servers", () => {
  const files = [
    "ui/page_test.tsx",
    "tests/checkout_integration_test.ts",
    "ui/checkout_browser_test.ts",
    "packages/order/domain/order_test.ts",
  ];
  expect(sortTestFiles(files)).toEqual({
    unit: ["packages/order/domain/order_test.ts", "ui/page_test.tsx"],
    onParts: ["ui/checkout_browser_test.ts", "tests/checkout_integration_test.ts"],
  });
});
