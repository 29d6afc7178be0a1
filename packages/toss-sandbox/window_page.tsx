/** @jsxImportSource hono/jsx */
// The frame of every page that the sandbox shows to people.

import type { Child } from "hono/jsx";
import { html } from "hono/html";
import type { Payment } from "./sandbox_payment.ts";

/** The one sentence that nobody may miss. */
export const testNotice = "테스트 결제창 — 실제로 결제되지 않습니다";

export type PageOptions = {
  readonly title: string;
  readonly paymentKey?: string;
  /** The only page that the window's script talks to. */
  readonly openerOrigin?: string | null;
};

export function page(content: Child, options: PageOptions) {
  const { title, paymentKey = "", openerOrigin } = options;
  return html`<!doctype html>${(
      <html lang="ko">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="robots" content="noindex" />
          <title>{`${title} - 테스트`}</title>
          <link rel="stylesheet" href="/static/fonts/pretendardvariable-dynamic-subset.css" />
          <link rel="stylesheet" href="/static/window.css" />
          <script src="/static/window.js" defer></script>
        </head>
        <body data-payment-key={paymentKey} data-opener-origin={openerOrigin ?? ""}>
          <header class="banner">
            <p>{testNotice}</p>
          </header>
          <main>{content}</main>
        </body>
      </html>
    )}`;
}

/** No inline code or style; only the shop may frame the page or get its form. */
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

export function money(amount: number, currency: string): string {
  const digits = amount.toLocaleString("ko-KR");
  return currency === "KRW" ? `${digits}원` : `${digits} ${currency}`;
}

/** A page with a heading, a sentence and, when there is one, a way on. */
export function Notice(props: { title: string; text: string; href?: string | null }) {
  return (
    <>
      <h1>{props.title}</h1>
      <p>{props.text}</p>
      {props.href == null ? (
        ""
      ) : (
        <a class="button" href={props.href} target="_top">
          가맹점으로 돌아가기
        </a>
      )}
      <button class="below" type="button" data-close hidden>
        닫기
      </button>
    </>
  );
}
