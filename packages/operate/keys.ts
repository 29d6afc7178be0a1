// Creates, lists and revokes keys by the shop's API, which also audits the actor.
import { confirmed, listed, shown, UsageError, UserError } from "@payflow/local-stack";
import { isKoreanDay, plusMs } from "@payflow/shared";
import type { Work } from "./context.ts";
import { shopOf, type Shop } from "./shop.ts";

type Key = {
  readonly keyId: string;
  readonly name: string;
  readonly role: string;
  readonly revokedAt: string | null;
};
type Page = { readonly keys: readonly Key[]; readonly nextCursor: string | null };

const dayMs = 24 * 60 * 60_000;

/** Creates a key and shows it once. */
export const createKey: Work = async ({ words: [name = ""], values }, context, io) => {
  const day = values["expires-on"];
  if (day !== undefined && !isKoreanDay(day))
    throw new UsageError(`--expires-on is "${day}", which is not a date: write it as 2026-12-31`);
  const expiresAt = day === undefined ? undefined : plusMs(`${day}T00:00:00+09:00`, dayMs);
  const { body } = await shopOf(context).call<Key & { readonly key: string }>("POST /api/keys", {
    body: { name, role: values["role"], expiresAt },
  });
  io.note("Copy the key now: it is not shown again.");
  return shown(body);
};

export const listKeys: Work = async (_, context) =>
  listed(await keysOf(shopOf(context)), "No keys were created; only MERCHANT_API_KEY exists.");

/** Revokes a key by its name, or by its id, after a confirmation. */
export const revokeKey: Work = async ({ words: [word = ""], flags }, context) => {
  const shop = shopOf(context);
  const all = await keysOf(shop);
  const key =
    all.find(({ keyId }) => keyId === word) ??
    all.find(({ name, revokedAt }) => name === word && revokedAt === null);
  if (key === undefined)
    throw new UserError(`There is no key "${word}": bun run payflow keys list shows them.`);
  await confirmed(
    `The key "${key.name}" (${key.role}) will be revoked, and console sessions that it began will end. Programs that still use it get 401.`,
    { yes: flags["yes"] === true },
  );
  const { body } = await shop.call<Key>(`POST /api/keys/${key.keyId}/revoke`);
  return shown(body);
};

async function keysOf(shop: Shop): Promise<Key[]> {
  const keys: Key[] = [];
  let cursor: string | null = "";
  while (cursor !== null) {
    const query: string = cursor === "" ? "" : `?cursor=${cursor}`;
    const { body }: { readonly body: Page } = await shop.call<Page>(`GET /api/keys${query}`);
    keys.push(...body.keys);
    cursor = body.nextCursor;
  }
  return keys;
}
