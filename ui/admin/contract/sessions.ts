import type { Listed } from "./listed.ts";
import type { Operator, Role } from "./roles.ts";

export type AdminSessions = {
  /**
   * Begins a session by a cookie in the answer under way. Throws AppError `key_not_valid` for a key that is unknown,
   * revoked or of the role `metrics`, and `rate_limited`.
   */
  signIn(key: string): Promise<Operator>;
  signOut(): Promise<void>;
  /** Newest first; those that ended more than 30 days ago are left out. */
  listSessions(after?: string): Promise<Listed<AdminSession>>;
  endSession(sessionId: string): Promise<void>;
  /** Those in force first, then the newest. */
  listKeys(after?: string): Promise<Listed<ApiKey>>;
  /** The key itself is shown by this answer only. Throws AppError `invalid_request` with `details.errors`, `key_name_taken`. */
  createKey(key: {
    readonly name: string;
    readonly role: Role;
    /** A day, whose end the key expires at; undefined: never. */
    readonly expiresOn?: string | undefined;
  }): Promise<{ readonly key: string; readonly made: ApiKey }>;
  revokeKey(keyId: string): Promise<void>;
  /** What operators did besides changes of orders: keys, letters, exceptions. Newest first. */
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
  /** The key of the service's settings can't be revoked here. */
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
