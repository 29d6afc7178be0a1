export const signInRoles = ["read", "operate", "admin"] as const;
export const roles = [...signInRoles, "metrics"] as const;
/** What a key may do; each of `signInRoles` may do what the one before it may. */
export type Role = (typeof roles)[number];

/** Who signed in. */
export type Operator = {
  /** Of the key: what a history row names as `key:NAME`. */
  readonly name: string;
  readonly role: (typeof signInRoles)[number];
  readonly sessionId: string;
};
