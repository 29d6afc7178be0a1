import { runWords, type Io, type Output } from "@payflow/local-stack";
import { contextOf } from "../context.ts";
import { payflow } from "../payflow.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Runs a command in this process. Returns its output and the text that it printed itself; rejects with the command's
 * error.
 */
export async function runPayflow(
  words: readonly string[],
  env: Env = {},
  stopped: AbortSignal = new AbortController().signal,
): Promise<{ json: unknown; text: string; printed: string; exitCode: number }> {
  let printed = "";
  const io: Io = {
    async print(text) {
      printed += text;
    },
    note() {},
    stopped: () => stopped,
  };
  const program = payflow(contextOf({ PAYFLOW_DATA_DIR: "/nowhere", ...env }));
  const { output } = await runWords(program, words, io);
  if (typeof output !== "object") return { json: null, text: "", printed, exitCode: output ?? 0 };
  const { json, text, exitCode = 0 }: Output = output;
  return { json, text, printed, exitCode };
}
