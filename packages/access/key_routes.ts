import { AppError, isOrderId } from "@payflow/shared";
import { at, json, reply, routesOf, type PathParameter } from "@payflow/shared/http";
import * as v from "valibot";
import { admin, holderOf, type ApiEnv } from "./caller.ts";
import type { Credentials } from "./credentials.ts";
import { ApiKey, ApiKeyList, MadeApiKey, NewApiKey } from "./credential.ts";

/** An id in a path; `refuse` creates the error for a malformed id. */
export const pathId = (refuse: PathParameter["refuse"]): PathParameter => ({
  schema: v.pipe(v.string(), v.check(isOrderId, "is no id")),
  refuse,
});
const keyId = pathId(
  (given) => new AppError("not_found", "key_not_found", `There is no key "${given}"`),
);

const keyPlace = /^[ft]\.[\da-f-]{36}$/;
const route = routesOf<ApiEnv, { readonly credentials: Credentials }>();

/** Keys of the API and of the console. */
export const keyRoutes = [
  route({
    ...at("GET /api/keys", "listKeys", "keys"),
    summary: "List keys, valid ones first",
    description:
      "A key itself is shown once, when it is created. MERCHANT_API_KEY is not listed. A key that ends while you page is listed again.",
    caller: admin,
    query: v.strictObject({ cursor: v.optional(v.pipe(v.string(), v.regex(keyPlace))) }),
    answers: { 200: { description: "A page", schema: ApiKeyList } },
    handle: async ({ query: { cursor } }, { credentials }) =>
      reply(200, await credentials.listKeys({ after: cursor, limit: 100 })),
  }),
  route({
    ...at("POST /api/keys", "createKey", "keys"),
    summary: "Create a key",
    description:
      "Only this response shows `key`. Any number of keys may be valid at once, so a key can be replaced without an interruption.",
    caller: admin,
    body: json(NewApiKey),
    answers: { 201: { description: "The key", schema: MadeApiKey } },
    refusals: ["key_name_taken"],
    async handle({ body: { expiresAt = null, ...given } }, { credentials }) {
      const { key, made } = await credentials.createKey({ ...given, expiresAt });
      return reply(201, { key, ...made });
    },
  }),
  route({
    ...at("POST /api/keys/:keyId/revoke", "revokeKey", "keys"),
    summary: "Revoke a key",
    description: "It stops working within a second. Safe to repeat. A key can't revoke itself.",
    caller: admin,
    params: { keyId },
    answers: { 200: { description: "The key", schema: ApiKey } },
    refusals: ["key_not_revocable"],
    handle: async ({ c, params }, { credentials }) =>
      reply(200, await credentials.revokeKey({ keyId: params.keyId, by: holderOf(c) })),
  }),
];
