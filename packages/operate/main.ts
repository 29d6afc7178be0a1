// The `payflow` command. What it imports before the packages are installed is built in, so that it runs on a fresh
// clone (tests/architecture_test.ts); the commands that need packages are loaded after.
import { ensureInstalled, runNamed } from "@payflow/local-stack";
import { root } from "./stack/data_dirs.ts";
import { stackCommands } from "./stack/stack_commands.ts";

const given = process.argv.slice(2);
const isStackCommand = Object.hasOwn(stackCommands, given[0] ?? "");
await runNamed(
  isStackCommand ? stackCommands : { ...stackCommands, ...(await operatorCommands()) },
  given,
);

async function operatorCommands() {
  ensureInstalled(root);
  return (await import("./operator_commands.ts")).operatorCommands;
}
