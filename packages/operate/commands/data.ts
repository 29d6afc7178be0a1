import type { Command } from "@payflow/local-stack";
import { later, type Context } from "../context.ts";

/** Commands that read the databases and the audit. */
export function dataCommands(context: Context): Record<string, Command> {
  return {
    audit: {
      summary: "List what operators did besides changes of orders, newest first",
      topic: "Look inside",
      about:
        "Dead letters replayed and discarded, events published again, webhooks resent, differences resolved, keys, exports, erasures. Who refunded or cancelled is in the order's own history: orders show.",
      options: { limit: { value: "N", about: "At most N", default: "50" } },
      fields: "at, service, actor, action, subject, reason, detail",
      examples: [["--limit 200", "The last two hundred"]],
      run: later(context, async () => (await import("../audit.ts")).auditRows),
    },
    db: {
      summary: "Open a prompt on a database, or run one statement",
      topic: "Look inside",
      about:
        "The stack's databases, or those of ORDER_DATABASE_URL and PAYMENT_DATABASE_URL. A statement may write: it runs with the service's own role.",
      words: [
        { name: "DATABASE", oneOf: ["order", "payment"] },
        { name: "STATEMENT", about: "SQL, or \\dt for the tables", optional: true },
      ],
      fields: "A list of the statement's rows, under their columns' names",
      examples: [
        ["order", "A prompt"],
        ['payment "select id, status from payments"', "One statement"],
      ],
      run: later(context, async () => (await import("../database_shell.ts")).databaseShell),
    },
  };
}
