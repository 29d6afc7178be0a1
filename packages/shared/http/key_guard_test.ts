import { expect, test } from "bun:test";
import type { AppError } from "../app_error.ts";
import { createKeyGuard } from "./key_guard.ts";
import { createLog } from "./log.ts";

/** A guard with a clock that the test sets; collects the log. */
function guardOf() {
  const clock = { nowMs: 0 };
  const lines: string[] = [];
  const guard = createKeyGuard({
    name: "merchant key",
    log: createLog("test", "info", { write: (line) => void lines.push(line) }),
    nowMs: () => clock.nowMs,
  });
  const find = (
    key: string,
    address = "192.0.2.1",
    look = async (): Promise<string | undefined> => undefined,
  ) =>
    Promise.resolve()
      .then(() => guard(key, address, look))
      .catch((error: unknown) => (error as AppError).code ?? error);
  const lookUp = (key: string, address?: string) =>
    find(key, address, async () => (/^the-(next|right)-key$/.test(key) ? "kim" : undefined));
  return { clock, lines, lookUp, find };
}

test("createKeyGuard() accepts a valid key, and logs wrong ones without showing them", async () => {
  const { lookUp, lines } = guardOf();
  expect(await lookUp("the-right-key")).toBe("kim");
  expect(await lookUp("the-next-key")).toBe("kim");
  expect(lines).toEqual([]);
  for (const wrong of ["", "the-right-key ", "THE-RIGHT-KEY", "secret-guess"])
    expect(await lookUp(wrong)).toBe(undefined);
  expect(lines).toHaveLength(4);
  expect(lines.join("")).toContain("192.0.2.1");
  expect(lines.join("")).not.toContain("guess");
});

test("createKeyGuard() looks up ten wrong keys per address and minute, then refuses all keys", async () => {
  const { lookUp, clock, lines } = guardOf();
  const answers = [];
  for (let n = 0; n < 512; n++) answers.push(await lookUp(`guess-${n}`));
  expect(answers.filter((answer) => answer === undefined)).toHaveLength(10);
  expect(answers.at(-1)).toBe("rate_limited");
  expect(lines).toHaveLength(10);
  expect(await lookUp("the-right-key")).toBe("rate_limited");
  expect(await lookUp("the-right-key", "192.0.2.2")).toBe("kim");
  clock.nowMs = 60_000;
  expect(await lookUp("the-right-key")).toBe("kim");
});

test("createKeyGuard() admits an address that sent a valid key before, despite wrong keys from it", async () => {
  const { lookUp } = guardOf();
  expect(await lookUp("the-right-key")).toBe("kim");
  for (let n = 0; n < 100; n++) await lookUp(`guess-${n}`);
  expect(await lookUp("guess")).toBe("rate_limited");
  expect(await lookUp("the-right-key")).toBe("kim");
});

test("createKeyGuard() looks up ten of many concurrent wrong keys, and the same key once", async () => {
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

test("createKeyGuard() does not count valid keys and failed look-ups", async () => {
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
  // the address is known now: wrong keys from it do not lock it out
  for (let n = 0; n < 30; n++) await find(`guess-${n}`, "192.0.2.2");
  expect(await find("guess", "192.0.2.2")).toBe("rate_limited");
  expect(await find("right", "192.0.2.2", right)).toBe("kim");
});
