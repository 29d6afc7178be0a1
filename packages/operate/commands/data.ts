import type { Command } from "@payflow/local-stack";
import { later, type Context } from "../context.ts";

/** Commands that read the databases and the audit. */
export function dataCommands(context: Context): Record<string, Command> {
  return {
    audit: {
      summary: "List operators' actions that are not in an order's history, newest first",
      topic: "Inspect",
      about:
        "Replayed and discarded dead letters, republished events, resent webhooks, resolved differences, keys, exports and erasures. Refunds and cancels are in the order's history: orders show.",
      options: { limit: { value: "N", about: "At most N", default: "50" } },
      fields: "at, service, actor, action, subject, reason, detail",
      examples: [["--limit 200", "List the last 200"]],
      run: later(context, async () => (await import("../audit.ts")).auditRows),
    },
    db: {
      summary: "Open a prompt on a database, or run one statement",
      topic: "Inspect",
      about:
        "The stack's databases, or those of ORDER_DATABASE_URL and PAYMENT_DATABASE_URL. Statements run with the service's own role, so they may write.",
      words: [
        { name: "DATABASE", oneOf: ["order", "payment"] },
        { name: "STATEMENT", about: "SQL, or \\dt for the tables", optional: true },
      ],
      fields: "The statement's rows, as a list of objects",
      examples: [
        ["order", "Open a prompt"],
        ['payment "select id, status from payments"', "Run one statement"],
      ],
      run: later(context, async () => (await import("../database_shell.ts")).databaseShell),
    },
  };
}
