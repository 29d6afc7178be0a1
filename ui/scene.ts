import type { Context } from "hono";
import type { Assets } from "./assets.ts";
import type { UiDeps, UiVariables } from "./contract.ts";
import { type Language, languageOf, languageParameter, messagesOf } from "./language.ts";
import { localPath } from "./local_path.ts";
import type { Messages } from "./messages/ko.ts";

/** On an order's address: its payment window opens by itself, once. */
export const openParameter = "open";

export type UiEnv = { Variables: UiVariables };
export type UiContext = Context<UiEnv>;

/** What every page and fragment draws with: whose shop, in which language, where things are. */
export type Scene = {
  readonly deps: UiDeps;
  readonly assets: Assets;
  readonly language: Language;
  readonly t: Messages;
  /** When the request came, on the clock that all times of orders are of. */
  readonly now: Date;
  /** Where the language switch comes back to. */
  readonly here: string;
};

export type Stage = Pick<Scene, "deps" | "assets">;

export function sceneOf(c: UiContext, stage: Stage): Scene {
  const language = languageOf(c);
  return {
    ...stage,
    language,
    now: new Date(stage.deps.now()),
    t: messagesOf(language),
    here: pathOf(c.req.method === "GET" ? c.req.url : c.req.header("referer")),
  };
}

/** URL of a fragment, in the language of the page that requests it. */
export function pieceOf({ language }: Scene, path: string): string {
  return `${path}?${languageParameter}=${language}`;
}

/** True when htmx requests a fragment rather than a page. */
export function wantsFragment(c: UiContext): boolean {
  return c.req.header("HX-Request-Type") === "partial";
}

/** Of the page itself, or, for the answer to a form, of the page that the form was on. */
function pathOf(address: string | undefined): string {
  const url = URL.parse(address ?? "");
  // A page that switches the language must not be requested in the current one.
  if (url?.searchParams.has(languageParameter)) url.searchParams.delete(languageParameter);
  // Nor may switching it open a payment window.
  url?.searchParams.delete(openParameter);
  return localPath(url && url.pathname + url.search);
}
