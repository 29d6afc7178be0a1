import type { Context } from "hono";
import * as v from "valibot";
import { AppError, type InvalidField } from "../app_error.ts";

/** A body of the largest size takes a slow phone less; whoever takes longer holds a connection for its own sake. */
const bodyWithinMs = 15_000;
/** A refusal lists this many faults at most. */
const faultsMax = 50;

/**
 * Reads a JSON body of at most `limitBytes` and parses it by the schema. Throws AppError `unsupported_media_type`,
 * `body_too_large`, `malformed_json` or `invalid_request` with one entry a fault.
 */
export async function readJson<Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
  limitBytes = 64 * 1024,
): Promise<v.InferOutput<Schema>> {
  const type = c.req.header("Content-Type")?.split(";")[0] ?? "";
  const coding = c.req.header("Content-Encoding") ?? "identity";
  if (type.trim().toLowerCase() !== "application/json" || coding !== "identity") {
    throw new AppError(
      "unsupported_media",
      "unsupported_media_type",
      "Send the body as application/json, not compressed",
    );
  }
  const text = await readText(c.req.raw, limitBytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed("The body is not valid JSON");
  }
  return parseInput(schema, value);
}

/** Parses input by its schema. Throws AppError `invalid_request` with one entry a fault. */
export function parseInput<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw invalid(result.issues.slice(0, faultsMax).map(fieldOf));
}

function invalid(errors: readonly InvalidField[]): AppError {
  const { path = "", message = "unknown fault" } = errors[0] ?? {};
  const fault = path === "" ? message : `${path}: ${message}`;
  const detail = `The input is not valid: ${fault}`;
  return new AppError("invalid", "invalid_request", detail, { errors });
}

type Parameters = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/**
 * Parses the query of a request: one value a parameter, and none that the schema does not know. A parameter without a
 * value counts as not given. Throws AppError `invalid_request` with one entry a fault.
 */
export function readQuery<Schema extends Parameters>(
  c: Context,
  schema: Schema,
): v.InferOutput<Schema> {
  const given = [...new URL(c.req.url).searchParams];
  const faults = new Map<string, string>();
  const names = new Set<string>();
  for (const [name] of given) {
    if (!Object.hasOwn(schema.entries, name)) faults.set(name, "unknown parameter");
    else if (names.has(name)) faults.set(name, "is given twice");
    names.add(name);
  }
  if (faults.size > 0) {
    const errors = [...faults].map(([path, message]) => ({ path, message }));
    throw invalid(errors.slice(0, faultsMax));
  }
  const named = given.filter(([, value]) => value !== "");
  return parseInput(schema, Object.fromEntries(named));
}

function fieldOf(issue: v.BaseIssue<unknown>): InvalidField {
  const path = v.getDotPath(issue) ?? "";
  if (issue.expected === "never") return { path, message: "unknown field" };
  if (issue.received === "undefined") return { path, message: "is required" };
  return { path, message: issue.message };
}

/**
 * The body as UTF-8 text. Throws AppError `body_too_large` without reading further than `limitBytes`,
 * `malformed_json` for other bytes and for a body that breaks off or does not end within `withinMs`.
 */
export async function readText(
  request: Request,
  limitBytes: number,
  withinMs = bodyWithinMs,
): Promise<string> {
  if (Number(request.headers.get("Content-Length") ?? 0) > limitBytes)
    throw bodyTooLarge(limitBytes);
  if (request.body === null) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isLate = false;
  const reader = request.body.getReader();
  const timer = setTimeout(() => {
    isLate = true;
    void reader.cancel().catch(() => {});
  }, withinMs);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      size += value.byteLength;
      if (size > limitBytes) break;
      chunks.push(value);
    }
  } catch {
    throw malformed("The body broke off before its end");
  } finally {
    clearTimeout(timer);
  }
  if (isLate) throw malformed("The body did not come to its end in time");
  if (size > limitBytes) {
    void reader.cancel().catch(() => {});
    throw bodyTooLarge(limitBytes);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw malformed("The body is not UTF-8 text");
  }
}

/** The refusal of a body that has more than `limitBytes`. */
export function bodyTooLarge(limitBytes: number): AppError {
  const message = `A body may have ${limitBytes} bytes at most`;
  return new AppError("too_large", "body_too_large", message);
}

function malformed(message: string): AppError {
  return new AppError("malformed", "malformed_json", message);
}
