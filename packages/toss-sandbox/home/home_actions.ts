// Handlers of the home page's forms. Each redirects with 303, or shows the form again with the
// reason.

import type { Context, Hono } from "hono";
import { setCookie } from "hono/cookie";
import * as v from "valibot";
import { isLanguage } from "../page_language.ts";
import { type ByHand, depositByHand, expireByHand, refundByHand } from "../sandbox_by_hand.ts";
import { Advance, SettingsChange } from "../sandbox_control.ts";
import { FaultOrder } from "../sandbox_faults.ts";
import type { Payment } from "../sandbox_payment.ts";
import type { SandboxState, Settings } from "../sandbox_state.ts";
import { WebhookSwitches } from "../sandbox_webhooks.ts";
import { presetFault } from "./fault_forms.tsx";
import type { Typed } from "./field.tsx";
import { languageCookie } from "./home_frame.tsx";
import type { Done } from "./home_messages.ts";
import type { HomePages } from "./home_pages.tsx";

type Parts = { readonly state: SandboxState; readonly pages: HomePages };
type Answer = Response | Promise<Response>;

const yearSeconds = 365 * 86_400;

const Refund = v.pipe(
  v.object({
    cancelReason: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
    cancelAmount: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    bank: v.exactOptional(v.string()),
    accountNumber: v.exactOptional(v.string(), ""),
    holderName: v.exactOptional(v.pipe(v.string(), v.maxLength(60)), ""),
  }),
  v.transform(({ bank, accountNumber, holderName, ...request }) =>
    bank === undefined
      ? request
      : {
          ...request,
          refundReceiveAccount: {
            bank,
            accountNumber: accountNumber.replaceAll(/[\s-]/g, ""),
            holderName,
          },
        },
  ),
);

export function addHomeActions(app: Hono, { state, pages }: Parts): void {
  function post(path: string, act: (c: Context, form: Typed) => Answer): void {
    app.post(path, async (c) => {
      if (isForeign(c, state.publicUrl())) return pages.refused(c, "CROSS_SITE");
      return act(c, formOf(await c.req.parseBody()));
    });
  }

  function byHand(name: Done, act: (payment: Payment, form: Typed) => ByHand | undefined): void {
    post(`/payments/:paymentKey/${name}`, (c, form) => {
      const payment = state.findPayment(c.req.param("paymentKey") ?? "");
      if (payment === undefined) return pages.payment(c);
      const outcome = act(payment, form) ?? { code: "INVALID_FIELDS" };
      if ("code" in outcome) return pages.payment(c, { refusal: outcome.code, typed: form });
      return leadBack(c, form, `/payments/${payment.paymentKey}`, name);
    });
  }

  byHand("deposit", (payment) => depositByHand(state, payment, false));
  byHand("reverse", (payment) => depositByHand(state, payment, true));
  byHand("expire", (payment) => expireByHand(state, payment));
  byHand("refund", (payment, form) => {
    const request = v.safeParse(Refund, fieldsOf(form, ["cancelAmount"]));
    return request.success ? refundByHand(state, payment, request.output) : undefined;
  });

  post("/webhooks/:id/resend", (c, form) =>
    state.webhooks.resend(Number(c.req.param("id")))
      ? leadBack(c, form, "/webhooks", "resend")
      : pages.webhooks(c, { refusal: "NOT_FOUND_WEBHOOK" }),
  );
  post("/webhooks/switches", (c, form) => {
    const { drop, reorder, normal, ...numbers } = form;
    const ticks = { ...(drop && { drop: true }), ...(reorder && { reorder: true }) };
    const fields = fieldsOf(numbers, ["duplicate", "delayMs", "rate"]);
    const switches = v.safeParse(WebhookSwitches, normal ? {} : { ...fields, ...ticks });
    if (!switches.success) return pages.webhooks(c, refusalOf(switches.issues, form));
    state.webhooks.setSwitches(switches.output);
    return leadBack(c, form, "/webhooks", "switches");
  });

  post("/faults", (c, form) => {
    const fault = v.safeParse(FaultOrder, fieldsOf(form, ["delayMs", "times", "rate"]));
    if (!fault.success) return pages.faults(c, refusalOf(fault.issues, form));
    state.faults.add([fault.output]);
    return leadBack(c, form, "/faults", "fault");
  });
  post("/faults/preset", (c, form) => {
    const fault = presetFault(form["preset"] ?? "");
    if (fault === undefined) return pages.faults(c, { refusal: "INVALID_FIELDS" });
    state.faults.add([fault]);
    return leadBack(c, form, "/faults", "fault");
  });
  post("/faults/remove", (c, form) =>
    state.faults.remove(form["fault"] ?? "")
      ? leadBack(c, form, "/faults", "remove")
      : pages.faults(c, { refusal: "NOT_FOUND_FAULT" }),
  );
  post("/faults/clear", (c, form) => {
    state.faults.clear();
    return leadBack(c, form, "/faults", "clear");
  });

  post("/clock", (c, form) => {
    const { advance, count = "", unit = "" } = form;
    const free = count === "" ? Number.NaN : Math.round(Number(count) * Number(unit));
    const step = v.safeParse(Advance, { advanceMs: advance ? Number(advance) : free });
    if (!step.success) return pages.settings(c, refusalOf(step.issues, form));
    state.advanceClock(step.output.advanceMs);
    return leadBack(c, form, "/settings", "clock");
  });
  post("/settings", (c, form) => {
    const { keepServerErrors, isTaxedOnly, ...rest } = form;
    const change = v.safeParse(SettingsChange, {
      ...fieldsOf(rest, ["rateLimitPerMinute"]),
      keepServerErrors: keepServerErrors === "yes",
      isTaxedOnly: isTaxedOnly === "yes",
    });
    if (!change.success) return pages.settings(c, refusalOf(change.issues, form));
    state.changeSettings(change.output as Partial<Settings>);
    return leadBack(c, form, "/settings", "settings");
  });
  post("/reset", (c, form) => {
    state.reset();
    return leadBack(c, form, "/", "reset");
  });

  post("/language", (c, form) => {
    const language = form["language"];
    if (isLanguage(language)) {
      setCookie(c, languageCookie, language, {
        path: "/",
        maxAge: yearSeconds,
        sameSite: "Lax",
        httpOnly: true,
      });
    }
    return leadBack(c, form, "/");
  });
}

/**
 * Whether the form came from a page of another origin. Browsers omit Sec-Fetch-Site over plain HTTP
 * unless the host is localhost, and send Origin instead. Programs send neither.
 */
function isForeign(c: Context, publicUrl: string): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const origin = c.req.header("origin");
  const own = [new URL(c.req.url).origin, URL.parse(publicUrl)?.origin];
  return origin !== undefined && !own.includes(origin);
}

/** Redirects to the form's page or to `otherwise`; never to another site. */
function leadBack(c: Context, form: Typed, otherwise: string, done?: Done): Response {
  const base = "http://sandbox";
  const back = URL.parse(form["back"] ?? otherwise, base);
  const url = back?.origin === base ? back : new URL(otherwise, base);
  if (done !== undefined) url.searchParams.set("done", done);
  return c.redirect(url.pathname.replace(/^\/+/, "/") + url.search, 303);
}

function formOf(body: Record<string, unknown>): Typed {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      typeof value === "string" ? value.trim() : "",
    ]),
  );
}

/** The non-empty fields; those named in `numbers` as numbers. */
function fieldsOf(form: Typed, numbers: readonly string[]): Record<string, unknown> {
  const filled = Object.entries(form).filter(([, value]) => value !== "");
  return Object.fromEntries(
    filled.map(([name, value]) => [name, numbers.includes(name) ? Number(value) : value]),
  );
}

/** UNKNOWN_CODE, the message of a check on the whole form, or INVALID_FIELDS. */
function refusalOf(issues: readonly v.BaseIssue<unknown>[], typed: Typed) {
  const [first] = issues;
  const field = first === undefined ? null : v.getDotPath(first);
  if (/code$/i.test(field ?? "")) return { refusal: "UNKNOWN_CODE", typed };
  return {
    refusal: field === null && first !== undefined ? first.message : "INVALID_FIELDS",
    typed,
  };
}
