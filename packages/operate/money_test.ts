import { expect, test } from "bun:test";
import { readWords } from "@payflow/local-stack";
import { csvLine, moneyAsCsv, moneyByDay, moneyCommand } from "./money.ts";

test("csvLine() quotes what needs it, and lets no text be a formula", () => {
  expect(csvLine(["a", 'b "c"', "d,e", "f\r\ng", null, -400])).toBe(
    'a,"b ""c""","d,e","f\r\ng",,-400',
  );
  expect(csvLine(["=1+1", "+82", "-x", "@a", "\tb"])).toBe("'=1+1,'+82,'-x,'@a,'\tb");
});

test("a month is one of this century, and nothing else is taken for one", () => {
  for (const month of ["2026-13", "2026-00", "2026", "26-01", "2026-1", "1999-01", "x"]) {
    const given = readWords(["--month", month], moneyCommand);
    expect(() => moneyByDay(given)).toThrow("is not a month");
    expect(() => moneyAsCsv(given)).toThrow("is not a month");
  }
});
