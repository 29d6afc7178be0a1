import { expect, test } from "bun:test";
import { runPayflow } from "./testing/run_payflow.ts";
import { csvLine } from "./money.ts";

test("csvLine() quotes what needs it, and lets no text be a formula", () => {
  expect(csvLine(["a", 'b "c"', "d,e", "f\r\ng", null, -400])).toBe(
    'a,"b ""c""","d,e","f\r\ng",,-400',
  );
  expect(csvLine(["=1+1", "+82", "-x", "@a", "\tb"])).toBe("'=1+1,'+82,'-x,'@a,'\tb");
});

test("a month is one of this century, and nothing else is taken for one", async () => {
  for (const month of ["2026-13", "2026-00", "2026", "26-01", "2026-1", "1999-01", "x"])
    for (const command of ["days", "month"])
      await expect(runPayflow(["money", command, "--month", month])).rejects.toThrow(
        `"${month}" is not a month`,
      );
});
