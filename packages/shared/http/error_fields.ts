// The fields of an error that may be logged. PostgreSQL's errors contain rows, and parsers' errors contain their input:
// both may include a shopper's name, address or account.

/** Fields of errors that never contain user input. */
const safeFields =
  `code kind errno syscall address port severity schema_name table_name column_name constraint_name routine
  retriable type status`.split(/\s+/);

const causesMax = 5;

/** An error as fields of a log line: its type, its message without quotations, its stack, and `safeFields`. */
export function errorFields(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: withoutPeople(String(error)) };
  const own = error as Error & Record<string, unknown>;
  const text = { type: error.name, message: messageOf(error), stack: framesOf(error) };
  const fields: Record<string, unknown> = text;
  for (const name of safeFields) {
    const value = own[name];
    if (["string", "number", "boolean"].includes(typeof value))
      fields[name === "type" ? "errorType" : name] = value;
  }
  if (depth >= causesMax) return fields;
  const { cause, originalError, errors } = own;
  const reason = cause ?? originalError;
  if (reason !== undefined) fields["cause"] = errorFields(reason, depth + 1);
  if (Array.isArray(errors))
    fields["errors"] = errors.slice(0, causesMax).map((each) => errorFields(each, depth + 1));
  return fields;
}

/** An error's message without quoted input. */
export function messageOf(error: Error): string {
  const { name, message } = error;
  const { code } = error as { code?: unknown };
  // our own errors quote ids and amounts only; PostgreSQL quotes names, except for bad data (22) and raised errors (P0)
  if (name === "AppError") return withoutPeople(message);
  if (name === "PostgresError" && !/^(22|P0)/.test(String(code)))
    return withoutPeople(
      message.replace(/"([^"]*)"/g, (quoted, inner: string) =>
        /^[a-z_][a-z0-9_.$-]*$/.test(inner) ? quoted : '"…"',
      ),
    );
  const quoted = name === "SyntaxError" ? /["'`].*["'`]/s : /".*"/s;
  return withoutPeople(message.replace(quoted, '"…"'));
}

/** Replaces e-mail addresses, in linear time: by its lookbehind, the search begins once for each word. */
export function withoutPeople(text: string): string {
  return text.replace(/(?<![^\s"'<>(),;:=])[^\s"'<>(),;:=]+@[^\s"'<>(),;:=]+/g, "…@…");
}

/** The frames only: a stack begins with the message. */
function framesOf({ stack = "" }: Error): string {
  return (stack.match(/^[ \t]+at .*$/gm) ?? []).join("\n");
}
