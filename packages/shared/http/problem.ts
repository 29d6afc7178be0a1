import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { AppError, httpStatuses } from "../app_error.ts";
import { asUnavailable } from "@payflow/database";
import { wellFormed } from "../text.ts";
import type { Logger } from "./log.ts";

/** Limits how much of a caller's input an error response quotes. */
const quotedLengthMax = 500;

/** A response by RFC 9457; `type` links to the code's row in docs/errors.md. */
export function problem(c: Context, error: AppError, docsUrl = "/docs/errors"): Response {
  const requestId = c.get("requestId") as string | undefined;
  const { headers, body, status } = problemParts(error, { requestId, docsUrl });
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  return c.body(body, status);
}

export function problemParts(
  error: AppError,
  { requestId, docsUrl }: { readonly requestId: string | undefined; readonly docsUrl: string },
) {
  const status = httpStatuses[error.kind];
  const { errors, retryAfterSeconds, extensions } = error.details;
  const headers: Record<string, string> = { "Content-Type": "application/problem+json" };
  if (retryAfterSeconds !== undefined) headers["Retry-After"] = String(retryAfterSeconds);
  if (error.kind === "unauthorized") headers["WWW-Authenticate"] = "Bearer";
  const members = {
    type: `${docsUrl}#${error.code}`,
    title: error.code.replaceAll("_", " "),
    status,
    detail: error.message,
    code: error.code,
    requestId,
    ...(errors ? { errors } : {}),
    ...extensions,
  };
  const shown = (_: string, value: unknown) =>
    typeof value === "string" ? wellFormed(value, quotedLengthMax) : value;
  return { status, headers, body: JSON.stringify(members, shown) };
}

export type ErrorReporter = ReturnType<typeof errorReporter>;

/**
 * Returns a function that counts and logs a thrown error, and returns it as AppError: an unavailable database as 503,
 * undefined for an internal error. Overload is logged once a second, so that logs cost little.
 */
export function errorReporter(log: Logger, onRefused: (code: string) => void = () => {}) {
  let overloadLoggedMs = -Infinity;
  return (
    thrown: unknown,
    about: { readonly path?: string; readonly requestId?: string },
  ): AppError | undefined => {
    const error = asAppError(thrown);
    onRefused(error?.code ?? "internal_error");
    if (error === undefined)
      log.error({ ...about, err: thrown }, "request failed with an internal error");
    if (error?.kind !== "unavailable") return error;
    const { code, cause, message } = error;
    if (code === "overloaded" && performance.now() - overloadLoggedMs < 1_000) return error;
    if (code === "overloaded") overloadLoggedMs = performance.now();
    log.warn({ ...about, code, err: cause }, message);
    return error;
  };
}

/** Maps a thrown error to a problem response: an internal error to 500. */
export function problemHandler(report: ErrorReporter, docsUrl?: string): ErrorHandler {
  const text = "An internal error happened; it is logged under this requestId";
  return (thrown, c) => {
    const error = report(thrown, { path: c.req.path, requestId: c.get("requestId") });
    return problem(c, error ?? new AppError("internal", "internal_error", text), docsUrl);
  };
}

export const notFoundProblem: NotFoundHandler = (c) => problem(c, noRoute(c.req.path));

export function noRoute(path: string): AppError {
  return new AppError("not_found", "not_found", `There is nothing at ${path}`);
}

/** An AppError as it is, or an unavailable database as AppError; undefined for any other error. */
export function asAppError(thrown: unknown): AppError | undefined {
  if (thrown instanceof AppError) return thrown;
  const refusal = asUnavailable(thrown);
  if (refusal === undefined) return undefined;
  const { retryAfterSeconds, cause } = refusal;
  const error = new AppError(refusal.kind, refusal.code, refusal.message, { retryAfterSeconds });
  return Object.assign(error, { cause });
}
