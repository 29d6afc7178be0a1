// Sessions in the control API: the SDK stand-in opens one, and a test ends it in the buyer's place.
// Buyers use the payment window instead.

import { type Context, Hono } from "hono";
import { findOr404, languageOf, read, refuse } from "./control_input.ts";
import type { Payment } from "./sandbox_payment.ts";
import {
  authenticate,
  Authentication,
  cancelWindow,
  Failure,
  failWindow,
  openSession,
  type WindowOutcome,
} from "./sandbox_sessions.ts";
import type { SandboxState } from "./sandbox_state.ts";
import { dueTimeFault, SessionRequest } from "./session_request.ts";
import { readTestName, unknownTestName } from "./test_names.ts";
import { tossCode } from "./toss_codes.ts";

export function createSessionControl(state: SandboxState): Hono {
  const control = new Hono();

  control.options("/_sandbox/sessions", (c) => {
    c.header("access-control-allow-methods", "POST");
    c.header("access-control-allow-headers", "content-type");
    c.header("access-control-max-age", "600");
    return c.body(null, 204);
  });

  control.post("/_sandbox/sessions", async (c) => {
    const request = await read(c, SessionRequest);
    if (request instanceof Response) return request;
    const code = dueTimeFault(request, state.now());
    if (code !== undefined) {
      return refuse(c, 400, code, tossCode(code)[languageOf(c)]);
    }
    const name = readTestName(request);
    if (name !== undefined && "unknown" in name) {
      return refuse(c, 400, "UNKNOWN_TEST_NAME", unknownTestName(name.unknown)[languageOf(c)]);
    }
    const payment = openSession(state, request, c.req.header("origin") ?? null);
    const { paymentKey } = payment;
    return c.json({ paymentKey, windowUrl: `${state.publicUrl()}/window/${paymentKey}` }, 201);
  });

  control.post("/_sandbox/sessions/:paymentKey/authenticate", async (c) => {
    const body = await read(c, Authentication);
    if (body instanceof Response) return body;
    return inWindow(c, (payment) => authenticate(state, payment, body));
  });
  control.post("/_sandbox/sessions/:paymentKey/cancel", (c) => inWindow(c, cancelWindow));
  control.post("/_sandbox/sessions/:paymentKey/fail", async (c) => {
    const body = await read(c, Failure);
    if (body instanceof Response) return body;
    return inWindow(c, (payment) => failWindow(state, payment, body));
  });

  function inWindow(c: Context, act: (payment: Payment) => WindowOutcome): Response {
    return findOr404(state, c, (payment) => {
      const outcome = act(payment);
      return "refusal" in outcome
        ? refuse(c, 409, "WINDOW_IS_OVER", outcome.refusal)
        : c.json(outcome);
    });
  }

  return control;
}
