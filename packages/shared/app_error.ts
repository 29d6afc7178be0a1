/** What went wrong, in the terms of whoever called; `http/problem.ts` maps it to an HTTP status. */
export const errorKinds = [
  "malformed",
  "too_large",
  "unsupported_media",
  "invalid",
  "unauthorized",
  "forbidden",
  "declined",
  "not_found",
  "conflict",
  "gone",
  "too_many",
  "method_not_allowed",
  "misdirected",
  "internal",
  "unavailable",
] as const;
export type ErrorKind = (typeof errorKinds)[number];

export type InvalidField = { path: string; message: string };

export type ErrorDetails = {
  /** One entry a faulty field, for `invalid` input. */
  errors?: readonly InvalidField[];
  /** After how many seconds asking again makes sense (`Retry-After`). */
  retryAfterSeconds?: number;
  /** Members added to the problem document as they are. */
  extensions?: Readonly<Record<string, unknown>>;
};

/** A refusal that the caller is told about: `code` is stable and part of the API (docs/errors.md). */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly kind: ErrorKind;
  readonly code: string;
  readonly details: ErrorDetails;

  constructor(kind: ErrorKind, code: string, message: string, details: ErrorDetails = {}) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.details = details;
  }
}

/** The refusal of an input that has one faulty field. */
export function invalidField(path: string, message: string): AppError {
  const errors = [{ path, message }];
  return new AppError("invalid", "invalid_request", `${path}: ${message}`, { errors });
}
