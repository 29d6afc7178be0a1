// The part of Toss's REST API, version 1, that a shop with one-time payments calls. Each request
// goes through sandbox_pipeline first.

import { Hono } from "hono";
import * as v from "valibot";
import { CancelBody, codeOf, ConfirmBody, readJson, textOf, withoutNulls } from "./api_bodies.ts";
import { paymentJson } from "./payment_json.ts";
import { decideCancel } from "./sandbox_cancel.ts";
import { decideConfirm, type Decision } from "./sandbox_confirm.ts";
import type { Fault, Operation, Target } from "./sandbox_faults.ts";
import { createRateLimit } from "./sandbox_limit.ts";
import type { Runner } from "./sandbox_operation.ts";
import type { Payment } from "./sandbox_payment.ts";
import * as pipeline from "./sandbox_pipeline.ts";
import type { Answer, Call } from "./sandbox_pipeline.ts";
import type { SandboxState } from "./sandbox_state.ts";
import { listTransactions } from "./sandbox_transactions.ts";
import type { Language } from "./toss_codes.ts";

/** The work of a request that passed the checks. */
type Step = {
  readonly fault?: Fault | undefined;
  readonly run: (fault: Fault | undefined) => Answer;
  readonly errorCode: string;
};

export function createApi(state: SandboxState, runner: Runner): Hono {
  const api = new Hono();
  const limit = createRateLimit(state);

  async function handle(
    request: Request,
    operation: Operation,
    read: (body: unknown) => {
      target: Target;
      step: (call: Call) => Step | string;
    },
  ): Promise<Response> {
    const call = pipeline.readCall(state, request);
    const refuse = (code: string) => pipeline.respond(pipeline.refuse(code, call.language), call);
    const keyFault = pipeline.keyFault(state, request);
    if (keyFault !== undefined) return refuse(keyFault);
    if (limit.isExceeded(operation)) return refuse("TOO_MANY_REQUESTS");
    if ((call.idempotencyKey ?? "").length > 300) return refuse("INVALID_IDEMPOTENCY_KEY");
    const { target, step } = read(request.method === "POST" ? await readJson(request) : undefined);
    if (runner.isRunning(call)) return refuse("IDEMPOTENT_REQUEST_PROCESSING");
    const kept = pipeline.replay(state, call);
    if (kept !== undefined) {
      // A replayed response can be lost too.
      const lost = state.faults.take(operation, target, "lose_response");
      return lost === undefined ? kept : pipeline.dropped();
    }
    const planned = pipeline.forcedCode(call) ?? step(call);
    if (typeof planned === "string") {
      const answer = pipeline.refuse(planned, call.language);
      pipeline.keep(state, call, answer);
      return pipeline.respond(answer, call);
    }
    return runner.run(call, { ...planned, operation, target });
  }

  function show(payment: Payment, language: Language): Answer {
    const view = { publicUrl: state.publicUrl(), language, now: state.now() };
    return { status: 200, body: JSON.stringify(paymentJson(payment, view)) };
  }

  function settle(decision: Decision, language: Language): Answer {
    if (decision.change !== undefined) state.apply(decision.change);
    if (decision.code !== undefined) return pipeline.refuse(decision.code, language);
    if (decision.change === undefined) throw new Error("a decision needs a change or a code");
    return show(decision.change.payment, language);
  }

  /** Hides payments that were made with another key pair's client key. */
  const own = (payment: Payment | undefined) =>
    payment?.clientKey === state.clientKey ? payment : undefined;

  api.post("/v1/payments/confirm", (c) =>
    handle(c.req.raw, "confirm", (body) => ({
      target: { paymentKey: textOf(body, "paymentKey"), orderId: textOf(body, "orderId") },
      step({ language }) {
        const parsed = v.safeParse(ConfirmBody, body);
        if (!parsed.success) return codeOf(parsed.issues);
        const request = parsed.output;
        return {
          fault: takeFaultAtConfirm(state, request),
          errorCode: "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
          run(fault) {
            const { clientKey } = state;
            const { amountMismatchCode } = state.settings();
            const situation = {
              now: state.now(),
              clientKey,
              declineCode: declineCodeOf(fault, "REJECT_CARD_PAYMENT"),
              amountMismatchCode,
            };
            const payment = state.store.findPayment(request.paymentKey);
            return settle(decideConfirm(payment, request, situation), language);
          },
        };
      },
    })),
  );

  api.post("/v1/payments/:paymentKey/cancel", (c) => {
    const paymentKey = c.req.param("paymentKey");
    const find = () => own(state.store.findPayment(paymentKey));
    return handle(c.req.raw, "cancel", (body) => ({
      target: { paymentKey, orderId: find()?.orderId ?? "" },
      step({ language }) {
        if (find() === undefined) return "NOT_FOUND_PAYMENT";
        const parsed = v.safeParse(CancelBody, body);
        if (!parsed.success) return codeOf(parsed.issues);
        const request = withoutNulls(parsed.output);
        return {
          errorCode: "FAILED_INTERNAL_SYSTEM_PROCESSING",
          run(fault) {
            const payment = find();
            const declineCode = declineCodeOf(fault, "REFUND_REJECTED");
            if (payment === undefined) return pipeline.refuse("NOT_FOUND_PAYMENT", language);
            if (declineCode !== undefined) return pipeline.refuse(declineCode, language);
            return settle(decideCancel(payment, request, state.now()), language);
          },
        };
      },
    }));
  });

  function find(request: Request, payment: () => Payment | undefined): Promise<Response> {
    const { paymentKey = "", orderId = "" } = own(payment()) ?? {};
    const target = { paymentKey, orderId };
    return handle(request, "find", () => ({
      target,
      step: ({ language }) => ({
        errorCode: "FAILED_PAYMENT_INTERNAL_SYSTEM_PROCESSING",
        run(fault) {
          const stale = fault?.fault === "stale";
          const found = own(stale ? state.store.findPreviousPayment(paymentKey) : payment());
          if (found === undefined || fault?.fault === "not_found")
            return pipeline.refuse("NOT_FOUND_PAYMENT", language);
          return show(found, language);
        },
      }),
    }));
  }

  api.get("/v1/payments/orders/:orderId", (c) =>
    find(c.req.raw, () => state.findPaymentOfOrder(c.req.param("orderId"))),
  );
  api.get("/v1/payments/:paymentKey", (c) =>
    find(c.req.raw, () => state.findPayment(c.req.param("paymentKey"))),
  );
  api.get("/v1/transactions", (c) => {
    const call = pipeline.readCall(state, c.req.raw);
    const code =
      pipeline.keyFault(state, c.req.raw) ??
      (limit.isExceeded("transactions") ? "TOO_MANY_REQUESTS" : undefined) ??
      pipeline.forcedCode(call);
    const answer = code ?? listTransactions(state, c.req.query(), call.language);
    return pipeline.respond(
      typeof answer === "string" ? pipeline.refuse(answer, call.language) : answer,
      call,
    );
  });
  api.all("/v1/*", (c) => {
    const call = pipeline.readCall(state, c.req.raw);
    return pipeline.respond(pipeline.refuse("NOT_FOUND_HTTP_METHOD", call.language), call);
  });
  return api;
}

/** The buyer's choice in the window. The first confirm with this order and amount removes it. */
function takeFaultAtConfirm(
  state: SandboxState,
  request: v.InferOutput<typeof ConfirmBody>,
): Fault | undefined {
  const payment = state.findPayment(request.paymentKey);
  const fits =
    payment?.status === "IN_PROGRESS" &&
    payment.orderId === request.orderId &&
    payment.totalAmount === request.amount;
  if (!fits || payment.atConfirm === null) return undefined;
  state.store.updatePayment({ ...payment, atConfirm: null });
  return payment.atConfirm;
}

/** @param otherwise the code of a decline without one. */
function declineCodeOf(fault: Fault | undefined, otherwise: string): string | undefined {
  return fault?.fault === "decline" ? (fault.code ?? otherwise) : undefined;
}
