import type { Context } from "hono";
import type { Assets } from "./assets.ts";
import type { UiDeps, UiVariables } from "./contract.ts";
import { type Language, languageOf, languageParameter, messagesOf } from "./language.ts";
import { localPath } from "./local_path.ts";
import type { Messages } from "./messages/ko.ts";

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

/** Where a page asks for a piece of itself, which is to come in the page's language. */
export function pieceOf({ language }: Scene, path: string): string {
  return `${path}?${languageParameter}=${language}`;
}

/** True when htmx asks and wants a piece of a page rather than a page. */
export function wantsFragment(c: UiContext): boolean {
  return c.req.header("HX-Request-Type") === "partial";
}

/** Of the page itself, or, for the answer to a form, of the page that the form was on. */
function pathOf(address: string | undefined): string {
  const url = URL.parse(address ?? "");
  // a page that is switched to another language must not be asked for in this one
  if (url?.searchParams.has(languageParameter)) url.searchParams.delete(languageParameter);
  return localPath(url && url.pathname + url.search);
}
