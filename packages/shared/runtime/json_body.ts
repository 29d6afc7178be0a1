import type { Context } from "hono";
import * as v from "valibot";
import { AppError, type InvalidField } from "../app_error.ts";

/**
 * Reads a JSON body of at most `limitBytes` and parses it by the schema. Throws AppError `unsupported_media_type`,
 * `body_too_large`, `malformed_json` or `invalid_request` with one entry a fault.
 */
export async function readJson<Schema extends v.GenericSchema>(
  c: Context,
  schema: Schema,
  limitBytes = 64 * 1024,
): Promise<v.InferOutput<Schema>> {
  const type =
    c.req.header("Content-Type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type !== "application/json" && !type.endsWith("+json")) {
    throw new AppError(
      "unsupported_media",
      "unsupported_media_type",
      "Send the body as application/json",
    );
  }
  const text = await readText(c.req.raw, limitBytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError(
      "malformed",
      "malformed_json",
      "The body is not valid JSON",
    );
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
  const errors = result.issues.slice(0, 50).map((issue): InvalidField => ({
    path: v.getDotPath(issue) ?? "",
    message: issue.message,
  }));
  const first = errors[0];
  const detail = `The input is not valid: ${first?.path ? `${first.path}: ` : ""}${first?.message ?? "unknown fault"}`;
  throw new AppError(
    "invalid",
    "invalid_request",
    detail.toWellFormed().replaceAll("\u0000", ""),
    { errors },
  );
}

/** The body as UTF-8 text. Throws AppError `body_too_large` without reading further than `limitBytes`, `malformed_json` on other bytes. */
export async function readText(
  request: Request,
  limitBytes: number,
): Promise<string> {
  const tooLarge = () =>
    new AppError(
      "too_large",
      "body_too_large",
      `A body may have ${limitBytes} bytes at most`,
    );
  if (Number(request.headers.get("Content-Length") ?? 0) > limitBytes)
    throw tooLarge();
  if (request.body === null) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > limitBytes) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(
      Buffer.concat(chunks),
    );
  } catch {
    throw new AppError(
      "malformed",
      "malformed_json",
      "The body is not UTF-8 text",
    );
  }
}
