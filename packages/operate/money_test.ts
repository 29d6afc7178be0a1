import { expect, test } from "bun:test";
import { runPayflow } from "./testing/mod.ts";

test("rejects an invalid month and names it", async () => {
  for (const month of ["2026-13", "x"])
    for (const command of ["days", "month"])
      await expect(runPayflow(["money", command, "--month", month])).rejects.toThrow(
        `"${month}" is not a month`,
      );
});
