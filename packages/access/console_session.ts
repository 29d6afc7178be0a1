import type { KeyHolder, Role } from "./api_key.ts";

/** A key of role metrics reads figures, and signs in nowhere. */
export type SignInRole = Exclude<Role, "metrics">;

/** Whoever has signed in to the console by a key, until the session or the key is over. */
export type ConsoleSession = {
  readonly sessionId: string;
  /** By which it began, and whose end is its own. */
  readonly keyId: string;
  readonly name: string;
  readonly role: SignInRole;
  readonly createdAt: string;
  /** To the minute. */
  readonly lastSeenAt: string;
  readonly expiresAt: string;
  /** When it was ended, or when it or its key was over; null while it is in force. */
  readonly endedAt: string | null;
  readonly address: string;
  readonly userAgent: string;
};

export type SignInHolder = KeyHolder & { readonly role: SignInRole };

export const maySignIn = (holder: KeyHolder): holder is SignInHolder => holder.role !== "metrics";
