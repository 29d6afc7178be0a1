// Shared parts of all /v1 requests: API key, idempotency, forced code, and response headers.

import type { Fault, Operation, Target } from "./sandbox_faults.ts";
import type { SandboxState } from "./sandbox_state.ts";
import { findTossCode, type Language, tossCode } from "./toss_codes.ts";
import { newTraceId } from "./toss_ids.ts";

/** The body is serialized, so that a replay sends the same bytes. */
export type Answer = { readonly status: number; readonly body: string };

export type Call = {
  readonly language: Language;
  readonly idempotencyKey: string | null;
  /** Identifies the stored response: key, method, path and API key, but not the body. */
  readonly scope: string | null;
  readonly testCode: string | null;
  readonly traceId: string;
};

export type Work = {
  readonly operation: Operation;
  readonly target: Target;
  /** The buyer's choice in the window; takes precedence over the control API's faults. */
  readonly fault?: Fault | undefined;
  /**
   * Runs in the transaction that stores its response. Handles decline, stale and not_found; the
   * runner handles the other faults.
   */
  readonly run: (fault: Fault | undefined) => Answer;
  /** The code of an error_before or error_after without one. */
  readonly errorCode: string;
};

export function languageOf(request: Request): Language {
  return /^en\b/i.test(request.headers.get("accept-language") ?? "") ? "en" : "ko";
}

export function refuse(code: string, language: Language): Answer {
  const { status, [language]: message } = tossCode(code);
  return { status, body: JSON.stringify({ code, message }) };
}

/** Undefined when the Authorization header carries the sandbox's secret key. */
export function keyFault(state: SandboxState, request: Request): string | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(
    request.headers.get("authorization") ?? "",
  ) ?? [undefined, undefined];
  if (encoded === undefined) return "UNAUTHORIZED_KEY";
  const decoded = Buffer.from(encoded, "base64").toString();
  if (!decoded.includes(":")) return "INCORRECT_BASIC_AUTH_FORMAT";
  return decoded === `${state.secretKey}:` ? undefined : "UNAUTHORIZED_KEY";
}

export function readCall(state: SandboxState, request: Request): Call {
  const post = request.method === "POST";
  // An empty key counts as none; otherwise all clients that send it would share responses.
  const idempotencyKey = (post && request.headers.get("idempotency-key")) || null;
  const path = new URL(request.url).pathname;
  return {
    language: languageOf(request),
    idempotencyKey,
    scope:
      idempotencyKey === null
        ? null
        : `${request.method} ${path} ${state.secretKey} ${idempotencyKey}`,
    testCode: state.secretKey.startsWith("test_")
      ? request.headers.get("tosspayments-test-code")
      : null,
    traceId: newTraceId(),
  };
}

/** The code in TossPayments-Test-Code; undefined without the header. */
export function forcedCode(call: Call): string | undefined {
  if (call.testCode === null) return undefined;
  return findTossCode(call.testCode) === undefined ? "INVALID_TEST_CODE" : call.testCode;
}

/** "Retry later": never stored, because each retry with the key would get it again. */
export const isPutOff = ({ status }: Answer) => status === 409 || status === 429;

/** Toss stores responses for 15 days, errors included. */
export function keep(state: SandboxState, call: Call, answer: Answer): void {
  if (call.scope === null || isPutOff(answer)) return;
  if (answer.status >= 500 && !state.settings().keepServerErrors) return;
  const { traceId } = call;
  state.store.putAnswer(call.scope, { ...answer, traceId, at: state.now() });
}

const keptMs = 15 * 24 * 3_600_000;

/** The stored response of the same call, unless it is older than 15 days. */
export function replay(state: SandboxState, call: Call): Response | undefined {
  if (call.scope === null) return undefined;
  const kept = state.store.findAnswer(call.scope);
  if (kept === undefined || state.now() - kept.at > keptMs) return undefined;
  return respond(kept, {
    ...call,
    traceId: `${call.traceId}, ${kept.traceId}`,
  });
}

/**
 * Toss sends these on every response, even without an Origin header in the request. No origin is
 * allowed, because the secret key must not be used in a browser.
 */
const crossOriginHeaders = {
  "access-control-allow-credentials": "true",
  "access-control-allow-methods": "POST, GET, OPTIONS, DELETE",
  "access-control-max-age": "3600",
  "access-control-allow-headers": [
    "Origin, Content-Type, Accept, X-Requested-With, Key, Authorization",
    "Referer-Policy, x-secure-keyboard-id, x-secure-keyboard-fields",
    "sentry-trace, x-tosspayments-device-id, x-tosspayments-session-id",
    "x-publickey-id, tosspayments-test-code, tosspayments-mid, idempotency-key",
  ].join(", "),
};

export function respond(answer: Answer, call: Call): Response {
  const headers = new Headers({
    ...crossOriginHeaders,
    "content-type": "application/json",
    "cache-control": "no-cache, no-store, max-age=0, must-revalidate",
    "x-tosspayments-trace-id": call.traceId,
  });
  if (call.idempotencyKey !== null) headers.set("idempotency-key", call.idempotencyKey);
  return new Response(answer.body, { status: answer.status, headers });
}

/**
 * Drops the connection without a response: Bun.serve resets it when the body's stream fails at
 * once. The error is undefined, so that Bun does not print it.
 */
export function dropped(): Response {
  const body = new ReadableStream({ start: (stream) => stream.error(undefined) });
  return new Response(body, { status: 504 });
}
