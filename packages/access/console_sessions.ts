import { AppError } from "@payflow/shared";
import { requireRole, type KeyHolder } from "./api_key.ts";
import { maySignIn, type ConsoleSession, type SignInHolder } from "./console_session.ts";

/** Where somebody signs in from. */
export type SignInPlace = { readonly address: string; readonly userAgent: string };

export type ConsoleSessionRepository = {
  /** Begins a session of twelve hours; `token` is for its cookie, and nobody can read it again. */
  begin(holder: SignInHolder, place: SignInPlace): Promise<{ token: string; sessionId: string }>;
  /** The session of this cookie, while it and its key are in force: looked up anew each time. */
  find(token: string): Promise<ConsoleSession | undefined>;
  /** Newest first, without those that were over thirty days ago; `after` is the last of the page before. */
  list(page: { after?: string | undefined; limit: number }): Promise<readonly ConsoleSession[]>;
  /** False: there is no such session. One that is over stays as it is. */
  end(sessionId: string): Promise<boolean>;
};

type SessionDeps = { readonly sessions: ConsoleSessionRepository };

/** Who may sign in by this key. Throws AppError `key_not_valid`, and `rate_limited` after too many wrong keys. */
export async function holderSigningIn(
  { key, address }: { readonly key: string; readonly address: string },
  findHolder: (
    key: string,
    address: string,
  ) => KeyHolder | undefined | Promise<KeyHolder | undefined>,
): Promise<SignInHolder> {
  const holder = await findHolder(key, address);
  if (holder !== undefined && maySignIn(holder)) return holder;
  const text =
    "Nobody can sign in by this key: it is unknown, expired, revoked or for metrics only";
  throw new AppError("unauthorized", "key_not_valid", text);
}

/** Ends a session: its own anybody, others an admin. Throws AppError `role_too_weak`, `session_not_found`. */
export async function endSession(
  {
    sessionId,
    by,
  }: {
    readonly sessionId: string;
    readonly by: Pick<ConsoleSession, "sessionId" | "name" | "role">;
  },
  { sessions }: SessionDeps,
): Promise<void> {
  if (sessionId !== by.sessionId) requireRole(by, "admin");
  if (await sessions.end(sessionId)) return;
  throw new AppError("not_found", "session_not_found", `There is no session "${sessionId}"`);
}
