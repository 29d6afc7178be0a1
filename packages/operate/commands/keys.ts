import type { CommandGroup } from "@payflow/local-stack";
import { later, type Context } from "../context.ts";

/** The same as in order's code; payflow_test.ts compares them. */
export const roleNames = ["metrics", "read", "operate", "admin"];

const byApi =
  "Calls the shop's API at PUBLIC_URL with PAYFLOW_API_KEY, else MERCHANT_API_KEY, else the key of the stack on this machine; it must have the role admin.";
const fields = "keyId, name, role, createdAt, createdBy, lastUsedAt, expiresAt, revokedAt";

/** Commands about keys of the API and the console. */
export function keyCommands(context: Context): Record<string, CommandGroup> {
  const keys = () => import("../keys.ts");
  return {
    keys: {
      summary: "Create, list and revoke keys for the API and the console",
      topic: "Keys",
      commands: {
        create: {
          summary: "Create a key; it is shown only once",
          about: `Create one key per operator and per program: histories record its holder as key:NAME. ${byApi}`,
          words: [{ name: "NAME", about: "1 to 64 characters; unique" }],
          options: {
            role: {
              value: "ROLE",
              about: "metrics, read, operate (refunds, cancels) or admin (keys, erasing)",
              oneOf: roleNames,
              required: true,
            },
            "expires-on": {
              value: "YYYY-MM-DD",
              about: "The last day of validity, in Korean time; default: it never expires",
            },
          },
          fields: `key, ${fields}`,
          examples: [
            ["kim --role operate", "For an operator who makes refunds"],
            ["prometheus --role metrics", "For Prometheus"],
            ["audit-2026 --role read --expires-on 2026-12-31", "A key that expires"],
          ],
          run: later(context, async () => (await keys()).createKey),
        },
        list: {
          summary: "List keys, active ones first",
          about: `MERCHANT_API_KEY is not listed. ${byApi}`,
          fields,
          examples: [["", "List keys and when each was last used"]],
          run: later(context, async () => (await keys()).listKeys),
        },
        revoke: {
          summary: "Revoke a key, and end the console sessions that it began",
          about: `Prompts, unless --yes. The key stops working within a second. To replace a key without failed calls, create the new one and use it first. ${byApi}`,
          words: [{ name: "NAME|KEY_ID", about: "The key's name or id, not the key itself" }],
          options: { yes: { about: "Skips the prompt, for scripts" } },
          fields,
          examples: [["kim", "Revoke the key of an operator who leaves"]],
          run: later(context, async () => (await keys()).revokeKey),
        },
      },
    },
  };
}
