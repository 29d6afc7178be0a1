export const signInRoles = ["read", "operate", "admin"] as const;
export const roles = [...signInRoles, "metrics"] as const;
/** A key's rights; each of `signInRoles` includes the rights of the one before it. */
export type Role = (typeof roles)[number];

/** The signed-in operator. */
export type Operator = {
  /** The key's name; history rows name it as `key:NAME`. */
  readonly name: string;
  readonly role: (typeof signInRoles)[number];
  readonly sessionId: string;
};
