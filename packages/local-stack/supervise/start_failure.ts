// Finds the line in a program's output that states why it did not start.
import type { Child } from "./child.ts";

/** The cause from the child's output, and how it ended. */
export function causeOfDeath(
  child: Pick<Child, "lastLines">,
  exitCode: number | undefined,
): string {
  const how =
    exitCode === undefined ? "it did not respond in time" : `it ended with exit code ${exitCode}`;
  const cause = causeLine(child.lastLines());
  return cause === undefined ? `${how} and printed nothing` : `${cause} (${how})`;
}

/** The line with the most specific cause; undefined when the program printed nothing. */
export function causeLine(lines: readonly string[]): string | undefined {
  const found =
    configurationFaults(lines) ??
    javaCause(lines) ??
    firstOf(lines, otherPrograms) ??
    lines.findLast((line) => line.trim() !== "" && !isNoise(line));
  return found?.trim();
}

/** All configuration errors of a service, in one line. */
function configurationFaults(lines: readonly string[]): string | undefined {
  const head = lines.findIndex((line) => line.endsWith(" has faults:"));
  if (head < 0) return undefined;
  const faults = lines.slice(head + 1).filter((line) => line.startsWith("  "));
  return `${lines[head]} ${faults.map((line) => line.trim()).join("; ")}`;
}

const javaException = /^(?:Caused by: )?(?:[a-z]\w*\.)+([A-Z]\w*): (.+)$/;
/** Java's default message of an exception is the class and message of its cause. */
const className = /(?:[a-z]\w*\.)+[A-Z]\w*: /;
/** Names of exceptions that add nothing to their messages. */
const namesOfNoMeaning = ["RuntimeException", "KafkaException"];

/** The innermost cause, as worded by the outermost exception whose message contains it. */
function javaCause(lines: readonly string[]): string | undefined {
  const vm = firstOf(lines, [/^Error: (.+)$/, /^(Unrecognized .+)$/]);
  if (vm !== undefined) return vm;
  const exceptions = lines.flatMap((line) => {
    const [, name = "", message] = javaException.exec(line) ?? [];
    if (message === undefined) return [];
    const inner = line.startsWith("Caused by: ");
    return [{ name, message, inner }];
  });
  const cause = exceptions.findLast(({ inner }) => inner) ?? exceptions[0];
  if (cause === undefined) return undefined;
  const { name, message } =
    exceptions.find(
      (each) => each.message.includes(cause.message) && !className.test(each.message),
    ) ?? cause;
  return namesOfNoMeaning.includes(name) ? message : `${name}: ${message}`;
}

/** The most specific first. */
const otherPrograms = [
  // PostgreSQL logs why it cannot listen before the FATAL line
  /\bLOG: +(could not bind .+)$/,
  /\b(?:FATAL|PANIC): +(.+)$/,
  /^initdb: error: (.+)$/,
  // a Bun process
  /^(?:Cannot start: )?((?:[A-Z]\w*)?[Ee]rror: .+)$/,
  /\bERROR (.+)$/,
];

function firstOf(lines: readonly string[], patterns: readonly RegExp[]): string | undefined {
  for (const pattern of patterns) {
    for (const line of lines) {
      const text = pattern.exec(line)?.[1];
      if (text !== undefined) return text;
    }
  }
  return undefined;
}

/**
 * Lines of Java's logging and class archive, and of Kafka's controller on a busy machine: it
 * reports a late heartbeat but accepts it
 * (ReplicationControlManager.processExpiredBrokerHeartbeat).
 */
export function isNoise(line: string): boolean {
  return /^SLF4J:|^\[[\d.]+s\]\[\w+ *\]\[|processExpiredBrokerHeartbeat/.test(line);
}
