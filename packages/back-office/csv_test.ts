import { expect, test } from "bun:test";
import { csvLine, csvStream } from "./csv.ts";

test("csvLine() quotes cells that need it, and escapes formulas", () => {
  expect(csvLine(["a", 'b "c"', "d,e", "f\r\ng", null, -400])).toBe(
    'a,"b ""c""","d,e","f\r\ng",,-400\r\n',
  );
  expect(csvLine(["=1+1", "+82", "-x", "@a", "\tb"])).toBe("'=1+1,'+82,'-x,'@a,'\tb\r\n");
  expect(csvLine(["＝1", "＋82", "－x", "＠a", "김=1"])).toBe("'＝1,'＋82,'－x,'＠a,김=1\r\n");
});

test("csvStream() produces pieces as they are read, and stops when the reader cancels", async () => {
  const produced: number[] = [];
  let isOver = false;
  async function* pieces() {
    try {
      for (let n = 0; n < 100; n++) {
        produced.push(n);
        yield `${n}\r\n`;
      }
    } finally {
      isOver = true;
    }
  }
  const reader = (await csvStream(pieces())).getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toBe("0\r\n");
  await reader.cancel();
  expect(isOver).toBe(true);
  expect(produced.length).toBeLessThan(5);
});

test("csvStream() throws an error that occurs before the first piece", async () => {
  async function* pieces(): AsyncIterable<string> {
    throw new Error("refused");
  }
  await expect(csvStream(pieces())).rejects.toThrow("refused");
});
