// What of an error goes into a log. Errors of PostgreSQL carry rows, those of parsers the text that they could not read: a
// shopper's name, address or account may stand in any of it.

/** Fields of errors that never hold what somebody entered. */
const told =
  `code kind errno syscall address port severity schema_name table_name column_name constraint_name routine
  retriable type status`.split(/\s+/);

const causesMax = 5;

/** An error as fields of a log's line: its type, its message and stack without what was quoted, and `told`. */
export function errorFields(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: withoutPeople(String(error)) };
  const own = error as Error & Record<string, unknown>;
  const text = { type: error.name, message: messageOf(error), stack: framesOf(error) };
  const fields: Record<string, unknown> = text;
  for (const name of told) {
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

/** An error's message without what its author quoted from elsewhere. */
export function messageOf(error: Error): string {
  const { name, message } = error;
  const { code } = error as { code?: unknown };
  // our own refusals quote ids and sums; PostgreSQL quotes its names, but for bad data and what triggers raise
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

/** Addresses of people, in whatever sentence. */
function withoutPeople(text: string): string {
  return text.replace(/[^\s"'<>(),;:=]+@[^\s"'<>(),;:=]+/g, "…@…");
}

/** The frames alone: a stack begins with the message. */
function framesOf({ stack = "" }: Error): string {
  const lines = stack.split("\n");
  return lines.filter((line) => /^\s+at /.test(line)).join("\n");
}
