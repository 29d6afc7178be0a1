/** @jsxImportSource hono/jsx */
// The layout and the headers of the home page and its subpages.

import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { html } from "hono/html";
import type { Child } from "hono/jsx";
import { isLanguage, preferredLanguage } from "../page_language.ts";
import type { SandboxState } from "../sandbox_state.ts";
import { findTossCode, type Language } from "../toss_codes.ts";
import { koreanSeconds } from "../toss_time.ts";
import { type Done, type HomeMessages, messagesOf } from "./home_messages.ts";
import type { HomeReads } from "./home_reads.ts";

/** Not `lang`: all ports of a host share cookies, so the shop's pages may use that name. */
export const languageCookie = "sandbox-language";

export type Scene = {
  readonly state: SandboxState;
  readonly reads: HomeReads;
  readonly language: Language;
  readonly t: HomeMessages;
  /** Path and query of the page, without the `done` parameter. */
  readonly here: string;
};

export function sceneOf(c: Context, state: SandboxState, reads: HomeReads): Scene {
  const chosen = getCookie(c, languageCookie);
  const language = isLanguage(chosen) ? chosen : preferredLanguage(c);
  const { pathname, searchParams } = new URL(c.req.url);
  searchParams.delete("done");
  const query = searchParams.size > 0 && c.req.method === "GET" ? `?${searchParams}` : "";
  return { state, reads, language, t: messagesOf(language), here: pathname + query };
}

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "font-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

export type PageContent = {
  readonly title: string;
  /** The menu entry of the page. */
  readonly section?: "payments" | "webhooks" | "faults" | "settings";
  readonly content: Child;
  readonly status?: 200 | 400 | 403 | 404 | 409;
  /** Why a form was rejected: a Toss code or a key of `refusals`. */
  readonly refusal?: string | undefined;
  /** Whether the page reloads itself without script; a reload would clear a form being filled. */
  readonly reloads?: boolean;
};

export function showPage(c: Context, scene: Scene, page: PageContent) {
  c.header("content-security-policy", policy);
  c.header("cache-control", "no-store");
  c.header("referrer-policy", "same-origin");
  c.header("x-content-type-options", "nosniff");
  c.header("vary", "cookie, accept-language");
  const done = c.req.query("done") ?? "";
  const isDone = Object.hasOwn(scene.t.done, done) && page.refusal === undefined;
  const frame = <Frame scene={scene} page={page} done={isDone ? (done as Done) : undefined} />;
  return c.html(html`<!doctype html>${frame}`, page.status ?? 200);
}

type FrameProps = {
  readonly scene: Scene;
  readonly page: PageContent;
  readonly done: Done | undefined;
};

function Frame({ scene, page, done }: FrameProps) {
  const { t, language } = scene;
  const sections = [
    ["payments", "/"],
    ["webhooks", "/webhooks"],
    ["faults", "/faults"],
    ["settings", "/settings"],
  ] as const;
  return (
    <html lang={language}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{`${page.title} - ${t.brand}`}</title>
        <link rel="icon" href="/static/sandbox.svg" />
        <link rel="stylesheet" href="/static/fonts/pretendardvariable-dynamic-subset.css" />
        <link rel="stylesheet" href="/static/home.css" />
        <script src="/static/home.js" defer></script>
        {page.reloads ? (
          <noscript>
            <meta http-equiv="refresh" content="10" />
          </noscript>
        ) : (
          ""
        )}
      </head>
      <body>
        <a class="skip" href="#main">
          {t.skip}
        </a>
        <header>
          <div class="top">
            <a class="brand" href="/">
              <img src="/static/sandbox.svg" alt="" width="28" height="28" />
              {t.brand}
            </a>
            <nav aria-label={t.sections}>
              {sections.map(([name, href]) => (
                <a href={href} aria-current={name === page.section ? "page" : undefined}>
                  {t[name]}
                </a>
              ))}
            </nav>
            <form method="post" action="/language" class="languages">
              <input type="hidden" name="back" value={scene.here} />
              <button name="language" value={language === "ko" ? "en" : "ko"} class="quiet">
                {language === "ko" ? <span lang="en">English</span> : <span lang="ko">한국어</span>}
              </button>
            </form>
          </div>
          <p class="strip">
            <span>{t.safe}</span>
            <Time scene={scene} />
          </p>
        </header>
        <main id="main" tabindex={-1}>
          <p class="notice bad" id="disconnected" role="status" hidden>
            {t.disconnected}
          </p>
          {done === undefined ? (
            ""
          ) : (
            <p class="notice" role="status">
              {t.done[done]}
            </p>
          )}
          {page.refusal === undefined ? (
            ""
          ) : (
            <p class="notice bad" role="alert">
              <b>{t.refused}:</b> {refusalText(scene, page.refusal)}
            </p>
          )}
          {page.content}
        </main>
      </body>
    </html>
  );
}

function refusalText({ t, language }: Scene, code: string): string {
  const own = Object.hasOwn(t.refusals, code) ? t.refusals[code] : undefined;
  return own ?? findTossCode(code)?.[language] ?? code;
}

/** The sandbox's time; each poll of the page's script updates it. */
function Time({ scene: { t, state, language } }: { scene: Scene }) {
  const { now, advancedMs } = state.clock();
  return (
    <span data-live="time">
      {t.time} <time datetime={now}>{timeText(Date.parse(now))}</time>
      {advancedMs > 0 ? <b> {t.ahead(spanText(advancedMs, language))}</b> : ""}
    </span>
  );
}

/** In Korean time, like all times of Toss. */
export function timeText(ms: number): string {
  return koreanSeconds(ms).slice(0, 19).replace("T", " ");
}

/** As `1일 2시간 30분`; less than a minute is 0. */
export function spanText(ms: number, language: Language): string {
  const minutes = Math.floor(ms / 60_000);
  const parts = [
    [Math.floor(minutes / 1440), { ko: "일", en: " d" }],
    [Math.floor(minutes / 60) % 24, { ko: "시간", en: " h" }],
    [minutes % 60, { ko: "분", en: " min" }],
  ] as const;
  const shown = parts.filter(([count]) => count > 0);
  const text = shown.map(([count, unit]) => `${count}${unit[language]}`).join(" ");
  return text === "" ? `0${parts[2][1][language]}` : text;
}

/** Links to the newest and the older rows of a list. */
export function Pages({ scene, older }: { scene: Scene; older: number | undefined }) {
  const { t, here } = scene;
  const url = new URL(here, "http://sandbox");
  const isFirst = !url.searchParams.has("before");
  if (isFirst && older === undefined) return "";
  return (
    <p class="pages">
      {isFirst ? "" : <a href={url.pathname}>{t.newest}</a>}
      {older === undefined ? "" : <a href={`${url.pathname}?before=${older}`}>{t.older}</a>}
    </p>
  );
}
