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

/** The context in which every page of the console is rendered. */
export type AdminScene = AdminStage & {
  readonly language: Language;
  readonly t: AdminMessages;
  /** The shop's messages, for parts that the console shows as shoppers see them. */
  readonly shopper: Messages;
  readonly now: Date;
  /** The path to which the language switch returns. */
  readonly here: string;
  readonly operator: Operator | undefined;
  /** The number of items that need attention; undefined while it is unknown. */
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

/** True when the operator's role includes this role's rights. */
export function may({ operator }: Pick<AdminScene, "operator">, role: Operator["role"]): boolean {
  return operator !== undefined && signInRoles.indexOf(operator.role) >= signInRoles.indexOf(role);
}

/** A path within the console; `/admin` for any other address. */
export function consolePath(given: unknown): string {
  const path = localPath(given);
  return /^\/admin(?:[/?]|$)/.test(path) ? path : "/admin";
}

/** The path to open after sign-in; never the sign-in or sign-out page. */
export function pathAfterSignIn(given: unknown): string {
  const path = consolePath(given);
  return /^\/admin\/sign-(?:in|out)\b/.test(path) ? "/admin" : path;
}

function pathOf(address: string | undefined): string | undefined {
  const url = URL.parse(address ?? "");
  return url ? url.pathname + url.search : undefined;
}
