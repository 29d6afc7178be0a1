// The control API for tests, the payflow command and the SDK stand-in. Not part of Toss; all paths
// start with /_sandbox.

import { Hono, type Context } from "hono";
import * as v from "valibot";
import { findOr404, parse, read, refuse } from "./control_input.ts";
import { createSessionControl } from "./control_sessions.ts";
import { paymentJson } from "./payment_json.ts";
import { type ByHand, depositByHand, payOutByHand, refundByHand } from "./sandbox_by_hand.ts";
import { FaultOrder } from "./sandbox_faults.ts";
import type { Payment } from "./sandbox_payment.ts";
import type { SandboxState, Settings } from "./sandbox_state.ts";
import { WebhookSwitches } from "./sandbox_webhooks.ts";
import { findTossCode, tossCode } from "./toss_codes.ts";

/** A step of the clock: forward only, at most ten years. */
export const Advance = v.strictObject({
  advanceMs: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10 * 365 * 86_400_000)),
});

export const SettingsChange = v.partial(
  v.strictObject({
    keepServerErrors: v.boolean(),
    isTaxedOnly: v.boolean(),
    rateLimitPerMinute: v.pipe(v.number(), v.integer(), v.minValue(0)),
    amountMismatchCode: v.pipe(
      v.string(),
      v.check((code) => findTossCode(code) !== undefined, "Not an error code of Toss."),
    ),
  }),
);

/** One fault, or several at once. */
const FaultOrders = v.pipe(
  v.unknown(),
  v.transform((body) => (Array.isArray(body) ? body : [body])),
  v.array(FaultOrder),
);

const Deposit = v.strictObject({ revert: v.exactOptional(v.boolean(), false) });

const Payout = v.strictObject({ fails: v.exactOptional(v.boolean(), false) });

const ConsoleCancel = v.strictObject({
  cancelReason: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  cancelAmount: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  refundReceiveAccount: v.exactOptional(
    v.strictObject({ bank: v.string(), accountNumber: v.string(), holderName: v.string() }),
  ),
});

const digits = (max: number) =>
  v.pipe(
    v.string(),
    v.regex(/^\d{1,12}$/, "Must be a whole number."),
    v.toNumber(),
    v.maxValue(max),
  );

/** The default limit returns all payments of a storm in one page. */
const Page = v.strictObject({
  after: v.exactOptional(digits(Number.MAX_SAFE_INTEGER), "0"),
  limit: v.exactOptional(v.pipe(digits(100_000), v.minValue(1)), "20000"),
});

export function createControl(state: SandboxState): Hono {
  const control = new Hono();

  // The shop's page opens sessions from its own origin; other sites' pages may call nothing else.
  control.use("/_sandbox/*", async (c, next) => {
    const open = c.req.path === "/_sandbox/sessions";
    if (!open && c.req.header("sec-fetch-site") === "cross-site") {
      return refuse(c, 403, "CROSS_SITE", "Another site's page cannot control the sandbox.");
    }
    if (open) c.header("access-control-allow-origin", "*");
    return next();
  });

  control.route("/", createSessionControl(state));

  control.get("/_sandbox/faults", (c) => c.json({ faults: state.faults.list() }));
  control.post("/_sandbox/faults", async (c) => {
    const body = await read(c, FaultOrders);
    if (body instanceof Response) return body;
    state.faults.add(body);
    return c.json({ faults: state.faults.list() }, 201);
  });
  control.delete("/_sandbox/faults", (c) => {
    state.faults.clear();
    return c.json({ faults: [] });
  });

  control.post("/_sandbox/payments/:paymentKey/deposit", async (c) => {
    const body = await read(c, Deposit);
    if (body instanceof Response) return body;
    return findOr404(state, c, (payment) => {
      const outcome = depositByHand(state, payment, body.revert);
      return "code" in outcome ? refuseByHand(c, outcome) : show(c, outcome.payment);
    });
  });

  control.post("/_sandbox/payments/:paymentKey/payout", async (c) => {
    const body = await read(c, Payout);
    if (body instanceof Response) return body;
    return findOr404(state, c, (payment) => {
      const outcome = payOutByHand(state, payment, body.fails);
      return "code" in outcome ? refuseByHand(c, outcome) : show(c, outcome.payment);
    });
  });

  control.post("/_sandbox/payments/:paymentKey/cancel", async (c) => {
    const body = await read(c, ConsoleCancel);
    if (body instanceof Response) return body;
    return findOr404(state, c, (payment) => {
      const outcome = refundByHand(state, payment, body);
      return "code" in outcome ? refuseByHand(c, outcome) : show(c, outcome.payment);
    });
  });

  function refuseByHand(c: Context, { code, sentence }: Extract<ByHand, { code: string }>) {
    return refuse(c, 409, code, sentence ?? tossCode(code).en);
  }

  function show(c: Context, payment: Payment): Response {
    const view = { publicUrl: state.publicUrl(), language: "ko", now: state.now() } as const;
    return c.json(paymentJson(payment, view));
  }

  control.get("/_sandbox/payments", (c) => {
    const page = parse(c, Page, c.req.query());
    if (page instanceof Response) return page;
    state.expireOverdue();
    const rows = state.store.listPayments(page.after, page.limit);
    const next = rows.length === page.limit ? rows.at(-1)?.seq : undefined;
    return c.json({ payments: rows.map((row) => audit(row.payment)), next: next ?? null });
  });

  control.get("/_sandbox/webhooks", (c) => {
    const page = parse(c, Page, c.req.query());
    if (page instanceof Response) return page;
    const webhooks = state.webhooks.list(page.after, page.limit);
    return c.json({ switches: state.webhooks.switches(), webhooks });
  });
  control.post("/_sandbox/webhooks", async (c) => {
    const body = await read(c, WebhookSwitches);
    if (body instanceof Response) return body;
    state.webhooks.setSwitches(body);
    return c.json({ switches: body });
  });
  control.post("/_sandbox/webhooks/:id/resend", (c) => {
    if (state.webhooks.resend(Number(c.req.param("id")))) return c.json({ resent: true });
    return refuse(c, 404, "NOT_FOUND_WEBHOOK", "The sandbox has no webhook with this id.");
  });

  control.get("/_sandbox/clock", (c) => c.json(state.clock()));
  control.post("/_sandbox/clock", async (c) => {
    const body = await read(c, Advance);
    if (body instanceof Response) return body;
    state.advanceClock(body.advanceMs);
    return c.json(state.clock());
  });

  control.get("/_sandbox/settings", (c) => c.json(state.settings()));
  control.post("/_sandbox/settings", async (c) => {
    const body = await read(c, SettingsChange);
    if (body instanceof Response) return body;
    state.changeSettings(body as Partial<Settings>);
    return c.json(state.settings());
  });

  control.delete("/_sandbox/state", (c) => {
    state.reset();
    return c.json({ reset: true });
  });

  return control;
}

/** A row of the audit list: the amount that Toss holds, the approvals and the refund accounts. */
function audit(payment: Payment): Record<string, unknown> {
  return {
    paymentKey: payment.paymentKey,
    orderId: payment.orderId,
    status: payment.status,
    method: payment.method,
    totalAmount: payment.totalAmount,
    balanceAmount: payment.balanceAmount,
    heldAmount: payment.approvedAt === null ? 0 : payment.balanceAmount,
    approvals: payment.approvals,
    cancels: payment.cancels.length,
    refunds: payment.cancels.map((cancel) => ({
      transactionKey: cancel.transactionKey,
      amount: cancel.cancelAmount,
      reason: cancel.cancelReason,
      account: cancel.refundReceiveAccount,
    })),
  };
}
