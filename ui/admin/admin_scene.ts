import type { Context } from "hono";
import type { Assets } from "../assets.ts";
import { type Language, languageOf, messagesOf } from "../language.ts";
import { localPath } from "../local_path.ts";
import type { Messages } from "../messages/ko.ts";
import type { AttentionCount } from "./attention_count.ts";
import { type AdminDeps, type AdminVariables, type Operator, signInRoles } from "./contract.ts";
import { type AdminMessages, adminMessages } from "./messages/admin_messages.ts";

export type AdminEnv = { Variables: AdminVariables };
export type AdminContext = Context<AdminEnv>;

export type AdminStage = {
  readonly deps: AdminDeps;
  readonly assets: Assets;
  readonly attention: AttentionCount;
};

/** What every page of the console draws with. */
export type AdminScene = AdminStage & {
  readonly language: Language;
  readonly t: AdminMessages;
  /** What shoppers read, for what the console shows of their pages. */
  readonly shopper: Messages;
  readonly now: Date;
  /** Where the language switch comes back to. */
  readonly here: string;
  readonly operator: Operator | undefined;
  /** How many items need attention, as far as it is known. */
  readonly toCheck: number | undefined;
};

export async function adminSceneOf(c: AdminContext, stage: AdminStage): Promise<AdminScene> {
  const language = languageOf(c);
  const { operator } = c.var;
  const isGet = c.req.method === "GET";
  return {
    ...stage,
    language,
    t: adminMessages[language],
    shopper: messagesOf(language),
    now: new Date(stage.deps.now()),
    here: consolePath(isGet ? pathOf(c.req.url) : pathOf(c.req.header("referer"))),
    operator,
    toCheck: operator && (await stage.attention.read()),
  };
}

/** True when the operator's key allows what this role may do. */
export function may({ operator }: Pick<AdminScene, "operator">, role: Operator["role"]): boolean {
  return operator !== undefined && signInRoles.indexOf(operator.role) >= signInRoles.indexOf(role);
}

/** A path of the console; its first page when the given one leads elsewhere. */
export function consolePath(given: unknown): string {
  const path = localPath(given);
  return /^\/admin(?:[/?]|$)/.test(path) ? path : "/admin";
}

/** The same for where signing in leads. */
export function pathAfterSignIn(given: unknown): string {
  const path = consolePath(given);
  return /^\/admin\/sign-(?:in|out)\b/.test(path) ? "/admin" : path;
}

function pathOf(address: string | undefined): string | undefined {
  const url = URL.parse(address ?? "");
  return url ? url.pathname + url.search : undefined;
}
