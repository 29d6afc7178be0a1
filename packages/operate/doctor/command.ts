import { styled } from "@payflow/local-stack";
import type { Work } from "../context.ts";
import { diagnose } from "../doctor.ts";
import type { Finding } from "./finding.ts";

/** Shows the findings about this set-up; exit code 1 if there is a fault. */
export const doctor: Work = async (_, context) => {
  const findings = await diagnose(context);
  const isFaulty = findings.some(({ level }) => level === "fault");
  return { json: findings, text: asLines(findings), exitCode: isFaulty ? 1 : 0 };
};

const signs = {
  fault: styled("red", "✗"),
  warning: styled("yellow", "!"),
  fine: styled("green", "✓"),
};

/** One line per finding with its advice below, and the number of findings by level. */
export function asLines(findings: readonly Finding[]): string {
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
