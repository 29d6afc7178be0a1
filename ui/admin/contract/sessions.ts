import type { Listed } from "./listed.ts";
import type { Operator, Role } from "./roles.ts";

export type AdminSessions = {
  /**
   * Starts a session by a cookie in the current response. Throws AppError `rate_limited`, and `key_not_valid` for a key
   * that is unknown, revoked or of the role `metrics`.
   */
  signIn(key: string): Promise<Operator>;
  signOut(): Promise<void>;
  /** Newest first, without those that ended more than 30 days ago. */
  listSessions(after?: string): Promise<Listed<AdminSession>>;
  endSession(sessionId: string): Promise<void>;
  /** Valid keys first, then newest first. */
  listKeys(after?: string): Promise<Listed<ApiKey>>;
  /** Only this response contains the key. Throws AppError `invalid_request` with `details.errors`, `key_name_taken`. */
  createKey(key: {
    readonly name: string;
    readonly role: Role;
    /** The key expires at the end of this day; undefined: never. */
    readonly expiresOn?: string | undefined;
  }): Promise<{ readonly key: string; readonly made: ApiKey }>;
  revokeKey(keyId: string): Promise<void>;
  /** Changes by operators other than those of orders: keys, dead letters, exceptions. Newest first. */
  listAudit(after?: string): Promise<Listed<AuditEntry>>;
};

export type AdminSession = {
  readonly sessionId: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly expiresAt: string;
  readonly endedAt: string | null;
  readonly address: string;
  readonly userAgent: string;
};

export type ApiKey = {
  readonly keyId: string;
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly lastUsedAt: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  /** A key from the service's settings cannot be revoked in the console. */
  readonly isFromSettings: boolean;
};

export type AuditEntry = {
  readonly at: string;
  readonly part: "order" | "payment";
  readonly actor: string;
  /** `key.created`, `dead_letter.replayed`, … */
  readonly action: string;
  readonly subject: string;
  readonly reason: string | null;
};
