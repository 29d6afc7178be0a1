// The `payflow` command as a tree of declarations. It is loaded before packages are installed, so that help works on a
// fresh clone; a command's own module is loaded when it runs. Built-in modules only.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "@payflow/local-stack";
import { dataCommands } from "./commands/data.ts";
import { developerCommands } from "./commands/develop.ts";
import { eventCommands } from "./commands/events.ts";
import { keyCommands } from "./commands/keys.ts";
import { moneyCommands } from "./commands/money.ts";
import { orderCommands } from "./commands/orders.ts";
import { stackCommands } from "./commands/stack.ts";
import { webhookCommands } from "./commands/webhooks.ts";
import type { Context } from "./context.ts";

/** Every command of PayFlow. */
export function payflow(context: Context): Program {
  const manifest = readFileSync(join(context.root, "package.json"), "utf8");
  return {
    name: "bun run payflow",
    version: (JSON.parse(manifest) as { version: string }).version,
    root: {
      summary: "PayFlow: orders and Toss payments for Korean shops",
      about: `Commands use the stack on this machine, or the servers in ORDER_DATABASE_URL, PAYMENT_DATABASE_URL and KAFKA_BROKERS and the shop at PUBLIC_URL. --json prints JSON; NO_COLOR=1 disables colours.`,
      commands: {
        ...stackCommands(context),
        ...orderCommands(context),
        ...moneyCommands(context),
        ...eventCommands(context),
        ...webhookCommands(context),
        ...keyCommands(context),
        ...dataCommands(context),
        ...developerCommands(context),
      },
    },
  };
}
