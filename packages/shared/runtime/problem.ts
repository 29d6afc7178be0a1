import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { AppError, type ErrorKind } from "../app_error.ts";
import { databaseUnavailable } from "./saves.ts";
import { isDatabaseFault } from "./database.ts";
import type { Logger } from "./log.ts";

const statusOf: Record<ErrorKind, ContentfulStatusCode> = {
  malformed: 400,
  too_large: 413,
  unsupported_media: 415,
  invalid: 422,
  unauthorized: 401,
  forbidden: 403,
  declined: 402,
  not_found: 404,
  conflict: 409,
  gone: 410,
  too_many: 429,
  unavailable: 503,
};

/** Answers in the form of RFC 9457; `type` opens the code's row in the errors' document. */
export function problem(
  c: Context,
  error: AppError,
  docsUrl = "/docs/errors",
): Response {
  const status = statusOf[error.kind];
  const { errors, retryAfterSeconds, extensions } = error.details;
  const requestId = c.get("requestId") as string | undefined;
  if (retryAfterSeconds !== undefined)
    c.header("Retry-After", String(retryAfterSeconds));
  if (error.kind === "unauthorized") c.header("WWW-Authenticate", "Bearer");
  c.header("Content-Type", "application/problem+json");
  return c.body(
    JSON.stringify({
      type: `${docsUrl}#${error.code}`,
      title: error.code.replaceAll("_", " "),
      status,
      detail: error.message,
      code: error.code,
      requestId,
      ...(errors ? { errors } : {}),
      ...extensions,
    }),
    status,
  );
}

/** Maps what a route threw to a problem: refusals as they are, a database that is away to 503, the rest to 500 and the log. */
export function problemHandler(log: Logger, docsUrl?: string): ErrorHandler {
  return (thrown, c) => {
    const error = asAppError(thrown);
    if (error) {
      if (error.kind === "unavailable")
        log.warn(
          { path: c.req.path, code: error.code, err: error.cause },
          error.message,
        );
      return problem(c, error, docsUrl);
    }
    log.error(
      { path: c.req.path, requestId: c.get("requestId"), err: thrown },
      "request failed by a fault of ours",
    );
    c.header("Content-Type", "application/problem+json");
    return c.body(
      JSON.stringify({
        type: `${docsUrl ?? "/docs/errors"}#internal_error`,
        title: "internal error",
        status: 500,
        detail:
          "Something broke on our side; it was logged under this requestId",
        code: "internal_error",
        requestId: c.get("requestId"),
      }),
      500,
    );
  };
}

export const notFoundProblem: NotFoundHandler = (c) =>
  problem(
    c,
    new AppError("not_found", "not_found", `There is nothing at ${c.req.path}`),
  );

/** The refusal that a thrown value stands for, if it stands for one. */
export function asAppError(thrown: unknown): AppError | undefined {
  if (thrown instanceof AppError) return thrown;
  if (isDatabaseFault(thrown)) return databaseUnavailable(thrown);
  return undefined;
}
