import type { Context } from "hono";
import * as v from "valibot";
import { within } from "@payflow/database";
import { AppError, type InvalidField } from "../app_error.ts";

/** Enough for the largest body from a slow phone; a slower client only occupies a connection. */
const bodyWithinMs = 15_000;
const faultsMax = 50;

/**
 * Reads a JSON body of at most `limitBytes` and parses it by the schema. Throws AppError `unsupported_media_type`,
 * `body_too_large`, `malformed_json` or `invalid_request` with one entry per fault.
 */
export async function readJson<Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
  limitBytes = 64 * 1024,
): Promise<v.InferOutput<Schema>> {
  const type = c.req.header("Content-Type")?.split(";")[0] ?? "";
  const coding = c.req.header("Content-Encoding") ?? "identity";
  if (type.trim().toLowerCase() !== "application/json" || coding !== "identity") {
    const message = "Send the body as application/json, not compressed";
    throw new AppError("unsupported_media", "unsupported_media_type", message);
  }
  const text = await readText(c.req.raw, limitBytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(text === "" ? "The body is empty: send JSON" : "The body is not valid JSON");
  }
  // valibot takes a list for an object without fields
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw invalid([{ path: "", message: "the body must be a JSON object" }]);
  return parseInput(schema, value);
}

/** Parses input by its schema. Throws AppError `invalid_request` with one entry per fault. */
export function parseInput<Schema extends v.GenericSchema>(schema: Schema, value: unknown) {
  checkSizes(schema as Sized, value);
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw invalid(result.issues.slice(0, faultsMax).map(fieldOf));
}

type Sized = Pick<v.GenericSchema, "type" | "~run"> & {
  readonly pipe?: readonly Sized[];
  readonly wrapped?: Sized;
  readonly item?: Sized;
  readonly entries?: Readonly<Record<string, Sized>>;
};

/** Refuses lists and records that are too large before their elements are parsed; valibot checks their size last. */
function checkSizes({ pipe = [], wrapped, item, entries = {} }: Sized, value: unknown, path = "") {
  if (typeof value !== "object" || value === null) return;
  const limits = Array.isArray(value) ? ["max_length", "max_entries"] : ["max_entries"];
  for (const limit of pipe.filter(({ type }) => limits.includes(type))) {
    const [issue] = limit["~run"]({ value, typed: true } as never, {}).issues ?? [];
    if (issue) throw invalid([{ path, message: issue.message }]);
  }
  const inner = pipe[0] ?? wrapped;
  if (inner) return checkSizes(inner, value, path);
  const given = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(item ? given : entries)) {
    const at = path === "" ? name : `${path}.${name}`;
    checkSizes((item ?? entries[name]) as Sized, given[name], at);
  }
}

function invalid(errors: readonly InvalidField[]): AppError {
  const { path = "", message = "unknown fault" } = errors[0] ?? {};
  const fault = path === "" ? message : `${path}: ${message}`;
  return new AppError("invalid", "invalid_request", `The input is not valid: ${fault}`, { errors });
}

export type QuerySchema = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/** Parses a request's query. Empty, repeated and unknown parameters are refused. Throws AppError `invalid_request`. */
export function readQuery<Schema extends QuerySchema>(c: Context, schema: Schema) {
  if (!c.req.url.includes("?")) return parseInput(schema, {});
  const given = [...new URL(c.req.url).searchParams];
  const faults = [...Map.groupBy(given, ([name]) => name)].flatMap(([path, values]) => {
    if (!Object.hasOwn(schema.entries, path)) return { path, message: "unknown parameter" };
    if (values.length > 1) return { path, message: "is given twice" };
    // a filter by a variable that is not set would match everything
    return values[0]?.[1] === "" ? { path, message: "is empty" } : [];
  });
  if (faults.length > 0) throw invalid(faults.slice(0, faultsMax));
  return parseInput(schema, Object.fromEntries(given));
}

export function fieldOf(issue: v.BaseIssue<unknown>): InvalidField {
  const path = v.getDotPath(issue) ?? "";
  if (issue.expected === "never") return { path, message: "unknown field" };
  if (issue.received === "undefined") return { path, message: "is required" };
  return { path, message: issue.message };
}

/**
 * The body as UTF-8 text. Throws AppError `body_too_large` without reading further than `limitBytes`,
 * `malformed_json` for invalid UTF-8 and for a body that breaks off or does not end within `withinMs`.
 */
export async function readText(request: Request, limitBytes: number, withinMs = bodyWithinMs) {
  const length = request.headers.get("Content-Length");
  if (Number(length ?? 0) > limitBytes) throw bodyTooLarge(limitBytes);
  // Bun's HTTP parser enforces a declared length, so such a body is read at once: a stream of it costs more
  const reader = length === null ? request.body?.getReader() : undefined;
  const reading = reader === undefined ? request.bytes() : readAll(reader, limitBytes);
  let bytes: Uint8Array;
  try {
    bytes = await within(reading, withinMs, tooSlow);
  } catch (error) {
    throw error instanceof AppError ? error : malformed("The body broke off before its end");
  } finally {
    void reader?.cancel().catch(() => {});
  }
  if (bytes.length > limitBytes) throw bodyTooLarge(limitBytes);
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed("The body is not UTF-8 text");
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
const tooSlow = () => malformed("The body did not come to its end in time");

/** Reads until the end, or until more than `limitBytes` have arrived. */
async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>, limitBytes: number) {
  const chunks: Uint8Array[] = [];
  for (let size = 0; size <= limitBytes;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

const bodyTooLarge = (limitBytes: number) =>
  new AppError("too_large", "body_too_large", `A body may have ${limitBytes} bytes at most`);
const malformed = (message: string) => new AppError("malformed", "malformed_json", message);
