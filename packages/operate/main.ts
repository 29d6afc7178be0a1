import { resolve } from "node:path";
import { textTable, UserError } from "@payflow/local-stack";
import { ConfigError } from "@payflow/shared/runtime";
import { deadLetters, outbox, reconcile } from "./mod.ts";
import { openPlaces } from "./places.ts";

const commands = { outbox, "dead-letters": deadLetters, reconcile };

const [name = "", ...words] = process.argv.slice(2);
try {
  const command = commands[name as keyof typeof commands];
  if (command === undefined)
    throw new UserError(`Say what to do: ${Object.keys(commands).join(", ")}.`);
  const root = resolve(import.meta.dir, "../..");
  const places = openPlaces(
    process.env,
    resolve(root, process.env["PAYFLOW_DATA_DIR"] || ".payflow"),
  );
  try {
    const rows = await command(words, places);
    console.log(
      rows.length > 0 ? textTable(rows) : "Nothing: all is as it should be.",
    );
  } finally {
    await places.close();
  }
  process.exit(0);
} catch (error) {
  const isClear = error instanceof UserError || error instanceof ConfigError;
  console.error(isClear ? error.message : error);
  process.exit(1);
}
