/** @jsxImportSource hono/jsx */
// The checkout and receipt pages that a Payment object links to, and the static files.

import { dirname } from "node:path";
import { type Context, Hono } from "hono";
import { serveStatic } from "hono/bun";
import { preferredLanguage } from "./page_language.ts";
import type { Payment } from "./sandbox_payment.ts";
import type { SandboxState } from "./sandbox_state.ts";
import type { Language } from "./toss_codes.ts";
import { methodWord } from "./toss_methods.ts";
import { koreanSeconds } from "./toss_time.ts";
import { windowMessages } from "./window_messages.ts";
import { money, Notice, page, pagePolicy } from "./window_page.tsx";

const script = "text/javascript; charset=utf-8";

/** The static files: URL path, source files in order of concatenation, content type. */
const files: readonly (readonly [string, readonly string[], string])[] = [
  ["/v2/standard", ["standard.js", "standard_widgets.js"], script],
  ["/static/window.js", ["window.js"], script],
  ["/static/window.css", ["window.css"], "text/css; charset=utf-8"],
  ["/static/home.js", ["home.js"], script],
  ["/static/home.css", ["home.css", "home_lists.css", "home_forms.css"], "text/css; charset=utf-8"],
  ["/static/sandbox.svg", ["sandbox.svg"], "image/svg+xml"],
];

export function createPages(state: SandboxState): Hono {
  const app = new Hono();

  for (const [path, names, type] of files) {
    app.get(path, async (c) => {
      const texts = names.map((name) => Bun.file(`${import.meta.dir}/static/${name}`).text());
      return c.body((await Promise.all(texts)).join("\n"), 200, {
        "content-type": type,
        "cache-control": "no-cache",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
      });
    });
  }

  // The Korean font is split into subsets, so a page fetches only the glyphs that it shows.
  const sheet = Bun.resolveSync(
    "pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css",
    import.meta.dir,
  );
  app.use(
    "/static/fonts/*",
    serveStatic({
      root: dirname(sheet),
      rewriteRequestPath: (path) => path.slice("/static/fonts".length),
      onFound: (_path, c) => c.header("cache-control", "public, max-age=31536000"),
    }),
  );

  app.get("/v1/payments/:paymentKey/checkout", (c) =>
    show(c, state.findPayment(c.req.param("paymentKey")), "checkout"),
  );
  app.get("/receipt/redirection", (c) =>
    show(c, state.findPayment(c.req.query("transactionId") ?? ""), "receipt"),
  );

  function show(c: Context, payment: Payment | undefined, name: "checkout" | "receipt") {
    const language = preferredLanguage(c);
    const t = windowMessages(language);
    const title = t[name];
    c.header("content-security-policy", pagePolicy());
    c.header("cache-control", "no-store");
    if (payment === undefined) {
      const notice = <Notice t={t} title={t.missing(title)} text={t.checkAddress} />;
      return c.html(page(notice, { title, language }), 404);
    }
    const summary = <Summary payment={payment} title={title} language={language} />;
    return c.html(page(summary, { title, language }));
  }

  return app;
}

type SummaryProps = {
  readonly payment: Payment;
  readonly title: string;
  readonly language: Language;
};

function Summary({ payment, title, language }: SummaryProps) {
  const t = windowMessages(language);
  const { currency, approvedAt } = payment;
  const refunded = payment.totalAmount - payment.balanceAmount;
  const rows = [
    [t.status, t.statuses[payment.status]],
    [t.method, methodWord(payment.method, language)],
    [t.approvedAt, approvedAt === null ? "-" : koreanSeconds(approvedAt)],
    [t.refunded, refunded === 0 ? "-" : money(refunded, currency, language)],
    [t.orderId, payment.orderId],
    [t.paymentKey, payment.paymentKey],
  ];
  return (
    <>
      <h1>{title}</h1>
      <p class="amount">{money(payment.totalAmount, currency, language)}</p>
      <p class="name">{payment.orderName}</p>
      <dl>
        {rows.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
    </>
  );
}
