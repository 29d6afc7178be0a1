import { within } from "@payflow/database";

export type Finding = {
  /** fault: something does not work or will soon fail. warning: an operator should check it. */
  readonly level: "fault" | "warning" | "fine";
  readonly about: string;
  readonly says: string;
  readonly advice?: string;
};

const make =
  (level: Finding["level"]) =>
  (about: string, says: string, advice?: string): Finding =>
    advice === undefined ? { level, about, says } : { level, about, says, advice };

export const fault = make("fault");
export const warning = make("warning");
export const fine = make("fine");

/** Time limit of each check. */
export const checkLimitMs = 8_000;

/** The error in one line, without credentials of URLs. */
export function reasonOf(error: unknown): string {
  const { message, code } = error as { message?: string; code?: string };
  const [line = ""] = (message ?? String(error)).split("\n");
  const plain = line.replace(/\/\/[^@/\s]*@/g, "//").slice(0, 200);
  return plain || code || "no reason given";
}

export function withinLimit<T>(work: Promise<T>, what: string): Promise<T> {
  return within(work, checkLimitMs, () => new Error(`${what} took longer than 8 s`));
}
