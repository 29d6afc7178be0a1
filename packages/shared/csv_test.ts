import { expect, test } from "bun:test";
import { csvLine } from "./csv.ts";

test("csvLine() quotes what needs it, and lets no text be a formula", () => {
  expect(csvLine(["a", 'b "c"', "d,e", "f\r\ng", null, -400])).toBe(
    'a,"b ""c""","d,e","f\r\ng",,-400\r\n',
  );
  expect(csvLine(["=1+1", "+82", "-x", "@a", "\tb"])).toBe("'=1+1,'+82,'-x,'@a,'\tb\r\n");
});
