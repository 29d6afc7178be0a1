/** @jsxImportSource hono/jsx */
// The layout of the payment window and of the checkout and receipt pages.

import type { Child } from "hono/jsx";
import { html } from "hono/html";
import type { Payment } from "./sandbox_payment.ts";
import type { Language } from "./toss_codes.ts";
import { type WindowMessages, windowMessages } from "./window_messages.ts";

export type PageOptions = {
  readonly title: string;
  readonly language: Language;
  readonly paymentKey?: string;
  /** The only origin that the window's script posts messages to. */
  readonly openerOrigin?: string | null;
  /** Whether the page links to itself in both languages. */
  readonly hasLanguages?: boolean;
};

export function page(content: Child, options: PageOptions) {
  const { title, language, paymentKey = "", openerOrigin, hasLanguages = false } = options;
  const t = windowMessages(language);
  return html`<!doctype html>${(
      <html lang={language}>
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>{`${title} - ${t.test}`}</title>
          <link rel="stylesheet" href="/static/fonts/pretendardvariable-dynamic-subset.css" />
          <link rel="stylesheet" href="/static/window.css" />
          <script src="/static/window.js" defer></script>
        </head>
        <body data-payment-key={paymentKey} data-opener-origin={openerOrigin ?? ""}>
          <header class="banner">
            <p>{t.testNotice}</p>
          </header>
          <main>{content}</main>
          {hasLanguages ? (
            <nav class="languages" aria-label={t.language}>
              {(["ko", "en"] as const).map((other) => (
                <a
                  href={`?lang=${other}`}
                  lang={other}
                  aria-current={other === language ? "true" : undefined}
                >
                  {other === "ko" ? "한국어" : "English"}
                </a>
              ))}
            </nav>
          ) : (
            ""
          )}
        </body>
      </html>
    )}`;
}

/** Allows no inline code or style; only the shop may frame the page or receive its form. */
export function pagePolicy(payment?: Payment): string {
  const origins = [payment?.successUrl, payment?.failUrl]
    .map((url) => (url == null ? undefined : URL.parse(url)?.origin))
    .filter((origin) => origin !== undefined);
  return [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    `form-action 'self' ${[...new Set(origins)].join(" ")}`.trim(),
    `frame-ancestors ${payment?.openerOrigin ?? "'none'"}`,
  ].join("; ");
}

export function money(amount: number, currency: string, language: Language = "ko"): string {
  const digits = amount.toLocaleString("ko-KR");
  if (currency !== "KRW") return `${digits} ${currency}`;
  return language === "ko" ? `${digits}원` : `₩${digits}`;
}

type NoticeProps = {
  readonly t: WindowMessages;
  readonly title: string;
  readonly text: string;
  readonly href?: string | null;
};

/** A heading, a sentence and an optional link to the shop. */
export function Notice({ t, title, text, href }: NoticeProps) {
  return (
    <>
      <h1>{title}</h1>
      <p>{text}</p>
      {href == null ? (
        ""
      ) : (
        <a class="button" href={href} target="_top">
          {t.backToShop}
        </a>
      )}
      <button class="below" type="button" data-close hidden>
        {t.close}
      </button>
    </>
  );
}
