/** What went wrong, in the terms of whoever called, and the HTTP status that stands for it. */
export const httpStatuses = {
  malformed: 400,
  unauthorized: 401,
  declined: 402,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  gone: 410,
  too_large: 413,
  unsupported_media: 415,
  misdirected: 421,
  invalid: 422,
  too_many: 429,
  internal: 500,
  unavailable: 503,
} as const;
export type ErrorKind = keyof typeof httpStatuses;

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

export function invalidField(path: string, message: string): AppError {
  const errors = [{ path, message }];
  return new AppError("invalid", "invalid_request", `${path}: ${message}`, { errors });
}
