// The `payflow` command: `bun run payflow …`, and the scripts of package.json that are short for one of its commands.
// Before the packages are installed it imports only built-in modules, so that it runs on a fresh clone
// (tests/architecture_test.ts).
import { ensureInstalled, runProgram } from "@payflow/local-stack";
import { contextOf } from "./context.ts";
import { payflow } from "./payflow.ts";
import { root } from "./stack/data_dirs.ts";
import { runAgain } from "./stack/run_again.ts";

const install = async () => ((await ensureInstalled(root)) ? await runAgain() : undefined);
await runProgram(payflow({ ...contextOf(process.env), install }), process.argv.slice(2));
