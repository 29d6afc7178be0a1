import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { AppError, httpStatuses } from "../app_error.ts";
import { asUnavailable } from "@payflow/database";
import type { Logger } from "./log.ts";

/** What a caller sent may be quoted in a refusal, but not at any length. */
const quotedLengthMax = 500;

/** Answers in the form of RFC 9457; `type` opens the code's row in the errors' document. */
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
    typeof value === "string" ? quotable(value) : value;
  return { status, headers, body: JSON.stringify(members, shown) };
}

/** Counts refusals, and logs those of an absent part; each teller one of overload a second: the log must cost less than they do. */
export function refusalTeller(log: Logger, onRefused: (code: string) => void) {
  let overloadToldMs = -Infinity;
  return ({ kind, code, message, cause }: AppError, path: string) => {
    onRefused(code);
    const isTold = code === "overloaded" && performance.now() - overloadToldMs < 1_000;
    if (code === "overloaded" && !isTold) overloadToldMs = performance.now();
    if (kind === "unavailable" && !isTold) log.warn({ path, code, err: cause }, message);
  };
}

/** Maps what a route threw to a problem: refusals as they are, an absent database to 503, the rest to 500 and the log. */
export function problemHandler(
  log: Logger,
  options: { readonly docsUrl?: string; readonly onRefused?: (code: string) => void } = {},
): ErrorHandler {
  const { docsUrl, onRefused = () => {} } = options;
  const tell = refusalTeller(log, onRefused);
  return (thrown, c) => {
    const error = asAppError(thrown);
    if (error === undefined) {
      onRefused("internal_error");
      const about = { path: c.req.path, requestId: c.get("requestId"), err: thrown };
      log.error(about, "request failed by a fault of ours");
      const text = "Something broke on our side; it was logged under this requestId";
      return problem(c, new AppError("internal", "internal_error", text), docsUrl);
    }
    tell(error, c.req.path);
    return problem(c, error, docsUrl);
  };
}

export const notFoundProblem: NotFoundHandler = (c) => problem(c, nothingAt(c.req.path));

export function nothingAt(path: string): AppError {
  return new AppError("not_found", "not_found", `There is nothing at ${path}`);
}

/** The refusal that a thrown value stands for, if it stands for one. */
export function asAppError(thrown: unknown): AppError | undefined {
  if (thrown instanceof AppError) return thrown;
  const refusal = asUnavailable(thrown);
  if (refusal === undefined) return undefined;
  const { retryAfterSeconds, cause } = refusal;
  const error = new AppError(refusal.kind, refusal.code, refusal.message, { retryAfterSeconds });
  return Object.assign(error, { cause });
}

/** Text that every JSON reader takes: no U+0000, no lone surrogates. */
function quotable(text: string): string {
  return text.slice(0, quotedLengthMax).toWellFormed().replaceAll("\u0000", "\ufffd");
}
