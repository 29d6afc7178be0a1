import { sameSecret, type KeyGuard } from "@payflow/shared/http";
import type { ApiKeyRepository } from "./api_keys.ts";
import { settingsHolder, type KeyHolder } from "./api_key.ts";

export type FindHolder = ReturnType<typeof keyHolders>;

/**
 * Returns a function that says who holds a key; undefined: it is none, or not in force. The key in the settings needs no
 * database. Throws AppError `rate_limited` for an address that showed too many wrong ones.
 */
export function keyHolders(options: {
  readonly guard: KeyGuard;
  readonly settingsKey: string;
  readonly keys: Pick<ApiKeyRepository, "find">;
}) {
  const { guard, settingsKey, keys } = options;
  return (
    given: string,
    address: string,
  ): KeyHolder | undefined | Promise<KeyHolder | undefined> =>
    sameSecret(given, settingsKey)
      ? (guard.isRight(given, address) && settingsHolder) || undefined
      : guard.find(given, address, () => keys.find(given));
}
