import type { CommandSpec } from "@payflow/local-stack";
import type { Finding } from "./finding.ts";

export const doctorCommand: CommandSpec = {
  usage: `bun run doctor [--json]

Looks at the settings of this shell and of .env, at both databases, Kafka, both services, Toss and the shop's
address, and shows what is wrong with what to do about it. Changes nothing. Exit code 1 when there is a fault.
--json prints a list of { level, about, says, advice }, for programs.`,
  wordsMax: 0,
  options: { json: { type: "boolean" } },
};

/** A line for each, its advice below, and how many there are of each kind. */
export function asLines(findings: readonly Finding[]): string {
  const signs = { fault: "✗", warning: "!", fine: "✓" };
  const lines = findings.map(({ level, about, says, advice }) =>
    [`${signs[level]} ${about}: ${says}`, ...(advice ? [`    ${advice}`] : [])].join("\n"),
  );
  const count = (level: Finding["level"], one: string, many: string) => {
    const number = findings.filter((finding) => finding.level === level).length;
    return `${number} ${number === 1 ? one : many}`;
  };
  const sum = `${count("fault", "fault", "faults")}, ${count("warning", "warning", "warnings")}, ${count("fine", "thing fine", "things fine")}`;
  return [...lines, "", sum].join("\n");
}
