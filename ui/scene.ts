import type { Context } from "hono";
import type { Assets } from "./assets.ts";
import type { UiDeps, UiVariables } from "./contract.ts";
import { type Language, languageOf, languageParameter, messagesOf } from "./language.ts";
import { localPath } from "./local_path.ts";
import type { Messages } from "./messages/ko.ts";

/** Query parameter of an order's page: Toss's window opens by itself, once. */
export const openParameter = "open";

export type UiEnv = { Variables: UiVariables };
export type UiContext = Context<UiEnv>;

/** The context in which every page and fragment is rendered. */
export type Scene = {
  readonly deps: UiDeps;
  readonly assets: Assets;
  readonly language: Language;
  readonly t: Messages;
  /** Time of the request, by the clock that orders use. */
  readonly now: Date;
  /** The path to which the language switch returns. */
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
export function fragmentUrl({ language }: Scene, path: string): string {
  return `${path}?${languageParameter}=${language}`;
}

/** True when htmx requests a fragment rather than a page. */
export function wantsFragment(c: UiContext): boolean {
  return c.req.header("HX-Request-Type") === "partial";
}

/** The path of the page itself, or, for a form's response, of the page with the form. */
function pathOf(address: string | undefined): string {
  const url = URL.parse(address ?? "");
  // The language in the address would override the one that the shopper switches to.
  if (url?.searchParams.has(languageParameter)) url.searchParams.delete(languageParameter);
  // A switch of the language must not open Toss's window.
  url?.searchParams.delete(openParameter);
  return localPath(url && url.pathname + url.search);
}
