import { createInterface } from "node:readline/promises";
import { UsageError } from "./command_line.ts";
import { UserError } from "./user_error.ts";

/**
 * Requires agreement to an irreversible action: by a prompt in a terminal, elsewhere by `--yes`.
 * @throws UserError without agreement
 */
export async function confirmed(
  loss: string,
  options: {
    readonly yes: boolean;
    readonly input?: NodeJS.ReadStream;
    readonly output?: NodeJS.WriteStream;
  },
): Promise<void> {
  if (options.yes) return;
  // the prompt goes to standard error, so that the output of `--json` can be piped
  const { input = process.stdin, output = process.stderr } = options;
  if (!input.isTTY) throw new UsageError(`${loss} Nothing was done: add --yes to agree`);
  const lines = createInterface({ input, output });
  // Ctrl-C and Ctrl-D count as no
  const ended = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
  const answer = await Promise.race([lines.question(`${loss} Type yes to continue: `), ended]);
  lines.close();
  if (answer.trim().toLowerCase() !== "yes") throw new UserError("Nothing was done.");
}
