// The stack's output: its own steps and the lines of its parts, each after the part's name.
import { escapeUnseen } from "./escape_unseen.ts";
import { logLineForPeople } from "./log_line.ts";

const colours: Record<string, string> = {
  payflow: "1",
  postgres: "36",
  kafka: "33",
  sandbox: "35",
  payment: "32",
  order: "34",
};

export type Terminal = {
  /** Prints a line of the stack itself. */
  say(text: string): void;
  /** Prints a line of a part. */
  line(part: string, text: string): void;
  /** Prints several lines without a prefix. */
  block(lines: readonly string[]): void;
  /** Redraws one line in a terminal; elsewhere prints a line every 10 %. */
  progress(label: string, fraction: number): void;
};

/** In a terminal, unless NO_COLOR is set to anything (https://no-color.org). */
export function hasColours(output: NodeJS.WriteStream): boolean {
  return output.isTTY === true && !process.env["NO_COLOR"];
}

export function createTerminal(output: NodeJS.WriteStream): Terminal {
  const isTerminal = output.isTTY === true;
  const isColoured = hasColours(output);
  let lastTenth = -1;
  let redrawing = false;
  // A closed terminal or pipe must lead to an orderly stop, not to a crash.
  output.on("error", () => undefined);
  const print = (text: string) => {
    output.write(redrawing ? `\r\u001b[K${text}` : text);
    redrawing = false;
  };
  const prefixed = (part: string, text: string) => {
    const name = part.padEnd(8);
    const colour = colours[part] ?? "0";
    print(`${isColoured ? `\u001b[${colour}m${name}\u001b[0m` : name} | ${text}\n`);
  };
  return {
    say: (text) => prefixed("payflow", text),
    line: (part, text) => prefixed(part, isTerminal ? logLineForPeople(text) : escapeUnseen(text)),
    block: (lines) => print(`\n${lines.map((line) => `  ${line}\n`).join("")}\n`),
    progress(label, fraction) {
      const bar = progressBar(label, fraction);
      if (isTerminal) {
        output.write(`\r\u001b[K${bar}`);
        redrawing = true;
      } else if (Math.floor(fraction * 10) > lastTenth) {
        lastTenth = Math.floor(fraction * 10);
        prefixed("payflow", bar);
      }
    },
  };
}

export function progressBar(label: string, fraction: number): string {
  const width = 24;
  const full = Math.round(Math.min(1, fraction) * width);
  const bar = "█".repeat(full) + "░".repeat(width - full);
  return `${label} ${bar} ${Math.floor(Math.min(1, fraction) * 100)}%`;
}
