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
  const find = (
    key: string,
    address = "192.0.2.1",
    look = async (): Promise<string | undefined> => undefined,
  ) =>
    Promise.resolve()
      .then(() => guard.find(key, address, look))
      .catch((error: unknown) => (error as AppError).code ?? error);
  return { clock, lines, ask, find };
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

test("createKeyGuard() looks ten wrong keys up, however many come at once, and the same one once", async () => {
  const { find, lines } = guardOf();
  let looks = 0;
  const look = async () => {
    looks += 1;
    return undefined;
  };
  const keys = Array.from({ length: 512 }, (_, n) => `guess-${n % 256}`);
  const answers = await Promise.all(keys.map((key) => find(key, "192.0.2.1", look)));
  expect(looks).toBe(10);
  expect(answers.filter((answer) => answer === "rate_limited").length).toBe(492);
  expect(lines).toHaveLength(10);
  expect(lines.join("")).not.toContain("guess");
});

test("createKeyGuard() counts no right key, and none that could not be looked up", async () => {
  const { find } = guardOf();
  const away = async () => {
    throw new Error("away");
  };
  for (let n = 0; n < 30; n++) await find(`key-${n}`, "192.0.2.2", away);
  const right = async () => "kim";
  const found = await Promise.all(
    Array.from({ length: 100 }, () => find("right", "192.0.2.2", right)),
  );
  expect(found).toEqual(found.map(() => "kim"));
  // the address is known now, and guesses from it shut nobody out
  for (let n = 0; n < 30; n++) await find(`guess-${n}`, "192.0.2.2");
  expect(await find("guess", "192.0.2.2")).toBe("rate_limited");
  expect(await find("right", "192.0.2.2", right)).toBe("kim");
});
