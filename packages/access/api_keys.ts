import { AppError, invalidField } from "@payflow/shared";
import { settingsHolder, type ApiKey, type KeyHolder } from "./api_key.ts";

export type ApiKeyRepository = {
  /** Who holds this key; undefined unless it is in force, or was within the last second. */
  find(key: string): Promise<KeyHolder | undefined>;
  /** Newest first, those in force before all others; `after` is the last key of the page before. */
  list(page: { after?: string | undefined; limit: number }): Promise<readonly ApiKey[]>;
  /** Makes a random key, which nobody can read again. "taken": a key that is not revoked has this name. */
  create(
    key: Pick<ApiKey, "name" | "role" | "expiresAt">,
  ): Promise<{ readonly key: string; readonly made: ApiKey } | "taken">;
  /** The key as it is from then on; undefined: there is none. One that is revoked stays as it is. */
  revoke(keyId: string): Promise<ApiKey | undefined>;
};

export type KeyDeps = { readonly keys: ApiKeyRepository; readonly now: () => string };

/** Makes a key. Throws AppError `key_name_taken`, and `invalid_request` for an end that is past. */
export async function createApiKey(
  given: Parameters<ApiKeyRepository["create"]>[0],
  { keys, now }: KeyDeps,
) {
  const { name, expiresAt } = given;
  if (expiresAt !== null && Date.parse(expiresAt) <= Date.parse(now()))
    throw invalidField("expiresAt", "is in the past");
  const created = name === settingsHolder.name ? "taken" : await keys.create(given);
  const text = `There is a key "${name}" that is not revoked: give the new one another name`;
  if (created === "taken") throw new AppError("conflict", "key_name_taken", text);
  return created;
}

/**
 * Revokes a key, from when no call with it is let in. Throws AppError `key_not_found`, and `key_not_revocable` for the
 * key in the settings and for the key that the call is made with: a slip must not lock its holder out.
 */
export async function revokeApiKey(
  { keyId, by }: { readonly keyId: string; readonly by: KeyHolder },
  { keys }: Pick<KeyDeps, "keys">,
): Promise<ApiKey> {
  const refused = (why: string) => new AppError("conflict", "key_not_revocable", why);
  if (keyId === settingsHolder.keyId)
    throw refused("This key is in the service's settings: change MERCHANT_API_KEY");
  if (keyId === by.keyId) throw refused("A key can't revoke itself: use another one of role admin");
  const revoked = await keys.revoke(keyId);
  if (revoked === undefined)
    throw new AppError("not_found", "key_not_found", `There is no key with the id "${keyId}"`);
  return revoked;
}
