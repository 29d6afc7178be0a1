import { createKeyGuard, sameSecret, type Logger } from "@payflow/shared/http";
import { settingsHolder, type KeyHolder } from "./credential.ts";

export type FindHolder = ReturnType<typeof keyHolders>;

/**
 * Returns a function that finds the holder of a key; undefined: unknown or no longer valid. The key in the settings needs
 * no database. Throws AppError `rate_limited` for an address that sent too many wrong keys.
 */
export function keyHolders(options: {
  readonly merchantApiKey: string;
  readonly find: (key: string) => Promise<KeyHolder | undefined>;
  readonly log: Logger;
}) {
  const { merchantApiKey, find, log } = options;
  const guard = createKeyGuard({ name: "key", log });
  return (given: string, address: string) =>
    guard(given, address, async () =>
      sameSecret(given, merchantApiKey) ? settingsHolder : await find(given),
    );
}
