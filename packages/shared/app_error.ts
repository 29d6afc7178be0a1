/** The HTTP status of each kind of error. */
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
  /** For `invalid` input: one entry per invalid field. */
  errors?: readonly InvalidField[];
  /** Seconds to wait before a retry (`Retry-After`). */
  retryAfterSeconds?: number;
  /** Members added to the problem document as they are. */
  extensions?: Readonly<Record<string, unknown>>;
};

/** An error that the caller receives; `code` is stable and part of the API (docs/errors.md). */
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
