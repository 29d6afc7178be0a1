/** @jsxImportSource hono/jsx */
// The payment window that a buyer sees between requestPayment and the redirect to the shop. It
// works without script. Inside the SDK's overlay, window.js posts the results to the shop's page.

import { type Context, Hono } from "hono";
import * as v from "valibot";
import { Fault } from "./sandbox_faults.ts";
import { cashReceiptTypes, type Payment } from "./sandbox_payment.ts";
import {
  type Authentication,
  authenticate,
  cancelWindow,
  failWindow,
  type WindowOutcome,
} from "./sandbox_sessions.ts";
import { isLanguage, preferredLanguage } from "./page_language.ts";
import type { SandboxState } from "./sandbox_state.ts";
import { testWishes } from "./test_names.ts";
import type { Language } from "./toss_codes.ts";
import { accountBanks, bankCode, methodWord, walletName } from "./toss_methods.ts";
import { type WindowMessages, windowMessages, type WindowOutcomeName } from "./window_messages.ts";
import { money, Notice, page, pagePolicy } from "./window_page.tsx";

const outcomeNames = Object.keys(windowMessages("ko").outcomes) as WindowOutcomeName[];

const receiptChoices = ["미발행", ...cashReceiptTypes] as const;

const Form = v.object({
  choice: v.picklist(["approve", "cancel", "close", "PAY_PROCESS_ABORTED", "REJECT_CARD_COMPANY"]),
  confirm: v.exactOptional(v.picklist(outcomeNames), ""),
  bank: v.exactOptional(
    v.pipe(
      v.string(),
      v.check((bank) => bankCode(bank) !== undefined),
    ),
  ),
  cashReceipt: v.exactOptional(v.picklist(receiptChoices)),
});
type Form = v.InferOutput<typeof Form>;

export function createWindow(state: SandboxState): Hono {
  const app = new Hono();

  app.get("/window/:paymentKey", (c) => show(c, state.findPayment(c.req.param("paymentKey"))));

  app.post("/window/:paymentKey", async (c) => {
    const payment = state.findPayment(c.req.param("paymentKey"));
    const form = v.safeParse(Form, await c.req.parseBody());
    if (payment === undefined || !form.success) return show(c, payment);
    const outcome = act(state, payment, form.output);
    if ("refusal" in outcome) return show(c, payment);
    if (c.req.header("accept") === "application/json") return c.json(outcome);
    if (outcome.redirectUrl !== null) return c.redirect(outcome.redirectUrl, 303);
    return show(c, state.findPayment(payment.paymentKey));
  });

  function show(c: Context, payment: Payment | undefined) {
    c.header("content-security-policy", pagePolicy(payment));
    c.header("cache-control", "no-store");
    c.header("referrer-policy", "no-referrer");
    const chosen = c.req.query("lang");
    const first = payment?.language ?? (payment ? "ko" : preferredLanguage(c));
    const language = isLanguage(chosen) ? chosen : first;
    const t = windowMessages(language);
    if (payment === undefined) {
      const [title, text] = t.notFound;
      return c.html(page(<Notice t={t} title={title} text={text} />, { title, language }), 404);
    }
    const { paymentKey, openerOrigin } = payment;
    const isOpen = payment.status === "READY";
    const title = isOpen ? t.pay : t.checkout;
    const options = { title, language, paymentKey, openerOrigin, hasLanguages: true };
    const content = isOpen ? (
      <Choices payment={payment} language={language} />
    ) : (
      <Over payment={payment} t={t} />
    );
    return c.html(page(content, options), isOpen || c.req.method === "GET" ? 200 : 409);
  }

  /** A closed window. It links to successUrl while confirm is due, otherwise to the front page. */
  function Over({ payment, t }: { payment: Payment; t: WindowMessages }) {
    const isAuthenticated = payment.status === "IN_PROGRESS";
    const outcome = isAuthenticated ? authenticate(state, payment, {}) : undefined;
    const onwards = outcome !== undefined && "redirectUrl" in outcome ? outcome.redirectUrl : null;
    const [title, text] =
      payment.status === "EXPIRED" ? t.expired : isAuthenticated ? t.authenticated : t.over;
    return <Notice t={t} title={title} text={text} href={onwards ?? shopUrl(payment)} />;
  }

  return app;
}

/** The shop's front page; null when the session has no URL and no opener. */
function shopUrl(payment: Payment): string | null {
  const { failUrl, successUrl, openerOrigin } = payment;
  const origin = URL.parse(failUrl ?? successUrl ?? openerOrigin ?? "")?.origin;
  return origin === undefined || origin === "null" ? null : `${origin}/`;
}

function act(state: SandboxState, payment: Payment, form: Form): WindowOutcome {
  switch (form.choice) {
    case "approve":
      return authenticate(state, payment, authenticationOf(form));
    case "cancel":
    case "close":
      return cancelWindow(payment);
    case "PAY_PROCESS_ABORTED":
    case "REJECT_CARD_COMPANY":
      return failWindow(state, payment, { code: form.choice });
  }
}

function authenticationOf({ confirm, bank, cashReceipt }: Form): Authentication {
  const [fault = "", detail] = confirm.split(":");
  const wish = {
    fault,
    ...(detail === undefined
      ? {}
      : /^\d+$/.test(detail)
        ? { delayMs: Number(detail) }
        : { code: detail }),
  };
  return {
    ...(fault === "" ? {} : { confirm: v.parse(Fault, wish) }),
    ...(bank === undefined ? {} : { bank }),
    ...(cashReceipt === undefined ? {} : { cashReceipt }),
  };
}

function Choices({ payment, language }: { payment: Payment; language: Language }) {
  const t = windowMessages(language);
  const shop = URL.parse(payment.successUrl ?? payment.openerOrigin ?? "")?.host;
  const method =
    payment.wallet === null
      ? methodWord(payment.method, language)
      : (walletName(payment.wallet, language) ?? payment.wallet);
  return (
    <form method="post" action={`/window/${payment.paymentKey}?lang=${language}`}>
      <div class="head">
        <h1>{t.pay}</h1>
        <button class="plain" name="choice" value="close">
          {t.close}
        </button>
      </div>
      <p class="amount">{money(payment.totalAmount, payment.currency, language)}</p>
      <p class="name">{payment.orderName}</p>
      <dl>
        <dt>{t.shop}</dt>
        <dd>{shop ?? t.testShop}</dd>
        <dt>{t.method}</dt>
        <dd>{method}</dd>
        <dt>{t.orderId}</dt>
        <dd>{payment.orderId}</dd>
        {payment.useEscrow ? (
          <>
            <dt>{t.escrow}</dt>
            <dd>{t.escrowYes}</dd>
          </>
        ) : (
          ""
        )}
      </dl>
      {payment.method === "VIRTUAL_ACCOUNT" ? (
        <>
          <label for="bank">{t.bank}</label>
          <select id="bank" name="bank">
            {accountBanks.map((bank) => (
              <option value={bank.code}>{bank[language]}</option>
            ))}
          </select>
        </>
      ) : (
        ""
      )}
      {payment.method === "VIRTUAL_ACCOUNT" || payment.method === "TRANSFER" ? (
        <>
          <label for="cash-receipt">{t.cashReceipt}</label>
          <select id="cash-receipt" name="cashReceipt">
            {receiptChoices.map((choice) => (
              <option value={choice} selected={choice === (payment.cashReceipt ?? "미발행")}>
                {t.cashReceipts[choice]}
              </option>
            ))}
          </select>
        </>
      ) : (
        ""
      )}
      <label for="confirm">{t.outcome}</label>
      <select id="confirm" name="confirm" aria-describedby="confirm-help">
        {outcomeNames.map((value) => (
          <option value={value}>{t.outcomes[value]}</option>
        ))}
      </select>
      <p class="soft below" id="confirm-help">
        {testWishes(payment) === undefined ? t.outcomeHelp : t.byName}
      </p>
      <button class="primary" name="choice" value="approve">
        {payment.method === "VIRTUAL_ACCOUNT" ? t.issueAccount : t.approve}
      </button>
      <h2>{t.failures}</h2>
      <div class="pair">
        <button name="choice" value="PAY_PROCESS_ABORTED">
          {t.authenticationFails}
        </button>
        <button name="choice" value="REJECT_CARD_COMPANY">
          {t.cardRefuses}
        </button>
      </div>
      <button class="below" name="choice" value="cancel">
        {t.cancel}
      </button>
    </form>
  );
}
