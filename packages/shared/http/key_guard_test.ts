import { expect, test } from "bun:test";
import type { AppError } from "../app_error.ts";
import { createKeyGuard } from "./key_guard.ts";
import { createLog } from "./log.ts";

/** A guard on a clock that the test sets, and what it logs. */
function guardOf() {
  const clock = { nowMs: 0 };
  const lines: string[] = [];
  const guard = createKeyGuard({
    name: "merchant key",
    keys: ["the-next-key", "the-right-key"],
    log: createLog("test", "info", { write: (line) => void lines.push(line) }),
    nowMs: () => clock.nowMs,
  });
  const ask = (key: string, address = "192.0.2.1") => {
    try {
      return guard.isRight(key, address);
    } catch (error) {
      return (error as AppError).code;
    }
  };
  return { clock, lines, ask };
}

test("createKeyGuard() knows the key, and logs every other one without it", () => {
  const { ask, lines } = guardOf();
  expect(ask("the-right-key")).toBe(true);
  expect(ask("the-next-key")).toBe(true);
  expect(lines).toEqual([]);
  for (const wrong of ["", "the-right-key ", "THE-RIGHT-KEY", "secret-guess"])
    expect(ask(wrong)).toBe(false);
  expect(lines).toHaveLength(4);
  expect(lines.join("")).toContain("192.0.2.1");
  expect(lines.join("")).not.toContain("guess");
});

test("createKeyGuard() looks at ten wrong keys of an address in a minute, and at no other after them", () => {
  const { ask, clock, lines } = guardOf();
  const answers = Array.from({ length: 512 }, (_, n) => ask(`guess-${n}`));
  expect(answers.filter((answer) => answer === false)).toHaveLength(10);
  expect(answers.at(-1)).toBe("rate_limited");
  expect(lines).toHaveLength(10);
  expect(ask("the-right-key")).toBe("rate_limited");
  expect(ask("the-right-key", "192.0.2.2")).toBe(true);
  clock.nowMs = 60_000;
  expect(ask("the-right-key")).toBe(true);
});

test("createKeyGuard() lets an address in that showed the key before, whatever others guess from it", () => {
  const { ask } = guardOf();
  expect(ask("the-right-key")).toBe(true);
  for (let n = 0; n < 100; n++) ask(`guess-${n}`);
  expect(ask("guess")).toBe("rate_limited");
  expect(ask("the-right-key")).toBe(true);
});
