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
      summary: "Make, list and revoke keys of the API and the console",
      topic: "Keys",
      commands: {
        create: {
          summary: "Make a key, which is shown once",
          about: `Give each operator and each program a key of its own: histories name its holder key:NAME. ${byApi}`,
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
              about: "The last day in Korea; never unless given",
            },
          },
          fields: `key, ${fields}`,
          examples: [
            ["kim --role operate", "A key for somebody who refunds"],
            ["prometheus --role metrics", "A key for Prometheus"],
            ["audit-2026 --role read --expires-on 2026-12-31", "A key for a while"],
          ],
          run: later(context, async () => (await keys()).createKey),
        },
        list: {
          summary: "List keys, those in force first",
          about: `MERCHANT_API_KEY is not listed. ${byApi}`,
          fields,
          examples: [["", "Who has a key, and when was it last used?"]],
          run: later(context, async () => (await keys()).listKeys),
        },
        revoke: {
          summary: "Revoke a key, and end the console's sessions that it began",
          about: `Prompts, or takes --yes. It stops working within a second. To replace a key without a failed call, make another one and use it first. ${byApi}`,
          words: [{ name: "NAME|KEY_ID", about: "Of the key, not the key itself" }],
          options: { yes: { about: "Skips the prompt, for scripts" } },
          fields,
          examples: [["kim", "Revoke the key of somebody who leaves"]],
          run: later(context, async () => (await keys()).revokeKey),
        },
      },
    },
  };
}
