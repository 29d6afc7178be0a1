// Validation of requests to the control API, and its error responses.

import type { Context } from "hono";
import * as v from "valibot";
import type { Payment } from "./sandbox_payment.ts";
import type { SandboxState } from "./sandbox_state.ts";
import { findTossCode, type Language } from "./toss_codes.ts";

type Schema = v.BaseSchema<unknown, unknown, v.BaseIssue<unknown>>;

/** English unless Accept-Language starts with Korean, as in requests of the SDK stand-in. */
export function languageOf(c: Context): Language {
  return /^ko\b/i.test(c.req.header("accept-language") ?? "") ? "ko" : "en";
}

/** The parsed body ({} when empty), or a 400 response when it does not match the schema. */
export async function read<S extends Schema>(
  c: Context,
  schema: S,
): Promise<v.InferOutput<S> | Response> {
  const text = await c.req.text();
  let body: unknown;
  try {
    body = text === "" ? {} : JSON.parse(text);
  } catch {
    return refuse(c, 400, "INVALID_JSON", "The body is not JSON.");
  }
  return parse(c, schema, body);
}

/** The parsed input, or a 400 response when it does not match the schema. */
export function parse<S extends Schema>(c: Context, schema: S, input: unknown) {
  const parsed = v.safeParse(schema, input);
  if (parsed.success) return parsed.output as v.InferOutput<S>;
  const errors = parsed.issues.map((issue) => ({
    path: v.getDotPath(issue) ?? "",
    message: findTossCode(issue.message)?.en ?? issue.message,
  }));
  const code =
    parsed.issues.find((issue) => findTossCode(issue.message))?.message ?? "INVALID_REQUEST";
  const sentences = errors.map((e) => (e.path === "" ? e.message : `${e.path}: ${e.message}`));
  const message = languageOf(c) === "ko" ? findTossCode(code)?.ko : sentences.join(" ");
  return c.json({ code, message, errors }, 400);
}

export function refuse(c: Context, status: 400 | 403 | 404 | 409, code: string, message: string) {
  return c.json({ code, message }, status);
}

/** Calls `act` with the payment of the path's paymentKey. */
export function findOr404(
  state: SandboxState,
  c: Context,
  act: (payment: Payment) => Response,
): Response {
  const payment = state.findPayment(c.req.param("paymentKey") ?? "");
  if (payment !== undefined) return act(payment);
  return refuse(c, 404, "NOT_FOUND_PAYMENT", "The sandbox has no payment with this paymentKey.");
}
