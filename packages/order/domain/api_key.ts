import { AppError } from "@payflow/shared";

/** Weakest first: each may do what those before it may. `metrics` reads figures, and no order. */
export const roles = ["metrics", "read", "operate", "admin"] as const;
export type Role = (typeof roles)[number];

/** A key of the API, without the key itself, of which only a hash is kept. */
export type ApiKey = {
  readonly keyId: string;
  /** What histories call its holder; of keys in force no two have the same. */
  readonly name: string;
  readonly role: Role;
  readonly createdAt: string;
  readonly createdBy: string;
  /** To the minute. */
  readonly lastUsedAt: string | null;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
};

/** Who has shown a key that is in force. */
export type KeyHolder = Pick<ApiKey, "keyId" | "name" | "role">;

/** The holder of the key in the service's settings (MERCHANT_API_KEY), which nobody can revoke here. */
export const settingsHolder: KeyHolder = { keyId: "merchant", name: "merchant", role: "admin" };

export function mayAct({ role }: Pick<KeyHolder, "role">, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}

/** Throws AppError `role_too_weak`. */
export function requireRole(holder: Pick<KeyHolder, "name" | "role">, needed: Role): void {
  if (mayAct(holder, needed)) return;
  const text = `The key "${holder.name}" has the role ${holder.role}, and this needs ${needed}`;
  throw new AppError("forbidden", "role_too_weak", text);
}
