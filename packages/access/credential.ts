import * as v from "valibot";
import { AppError, IsoTime, storableText } from "@payflow/shared";

/** Weakest first: each role includes the earlier ones. `metrics` may read metrics but no orders. */
export const roles = ["metrics", "read", "operate", "admin"] as const;
export type Role = (typeof roles)[number];

/** A schema with its description for the API's documents. */
export const described = <S extends v.GenericSchema>(schema: S, text: string) =>
  v.pipe(schema, v.description(text));

const keyName = v.pipe(storableText(64), v.examples(["kim"]));
/** An API key without its secret, of which only a hash is stored. */
export const ApiKey = v.strictObject({
  keyId: v.pipe(v.string(), v.uuid()),
  name: described(keyName, "The actor in histories is key:NAME"),
  role: v.picklist(roles),
  createdAt: IsoTime,
  createdBy: v.string(),
  lastUsedAt: described(v.nullable(IsoTime), "To the minute"),
  expiresAt: v.nullable(IsoTime),
  revokedAt: v.nullable(IsoTime),
});

export type ApiKey = Readonly<v.InferOutput<typeof ApiKey>>;

export const ApiKeyList = v.strictObject({
  keys: v.array(ApiKey),
  nextCursor: described(v.nullable(v.string()), "`cursor` of the next page; null on the last one"),
});

export const NewApiKey = v.strictObject({
  name: keyName,
  role: v.picklist(roles),
  expiresAt: v.optional(described(IsoTime, "Never by default")),
});

export const MadeApiKey = v.strictObject({
  key: described(v.string(), "Shown only here; send it as `Authorization: Bearer …`"),
  ...ApiKey.entries,
});

/** The holder of a valid key that came with a request. */
export type KeyHolder = Pick<ApiKey, "keyId" | "name" | "role">;

/** The holder of the key in the service's settings (MERCHANT_API_KEY), which can't be revoked by the API. */
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

/** A console session, begun with a key. It ends with the key at the latest. A key of role metrics can't sign in. */
export type ConsoleSession = Pick<ApiKey, "keyId" | "name" | "createdAt"> & {
  readonly sessionId: string;
  readonly role: Exclude<Role, "metrics">;
  /** To the minute. */
  readonly lastSeenAt: string;
  readonly expiresAt: string;
  /** When it was ended, or when it or its key expired or was revoked; null while it is valid. */
  readonly endedAt: string | null;
  readonly address: string;
  readonly userAgent: string;
};
