import { rootsPostgresDir, type Command, type CommandGroup } from "@payflow/local-stack";
import { later, type Context } from "../context.ts";
import { start, stop, wipe, wipeLeftBehind } from "../stack/start_stop.ts";

/** Commands that start, stop and check PayFlow on this machine. */
export function stackCommands(context: Context): Record<string, Command | CommandGroup> {
  const topic = "Run PayFlow on this machine";
  return {
    start: {
      summary: "Start everything: PostgreSQL, Kafka, the Toss sandbox and both services",
      topic,
      about: `Same as bun start. Installs the packages first, and restarts parts that end; Ctrl-C stops everything in order.

Settings come from the environment and from .env; .env.example describes them.`,
      examples: [["", "Start with the settings of .env"]],
      run: () => start(context),
    },
    stop: {
      summary: "Stop the stack of this data folder from another terminal",
      topic,
      about: "Same as bun run stop. Its data is kept.",
      fields: "dataDir, wasRunning",
      run: () => stop(context),
    },
    reset: {
      summary: "Stop the stack and delete all its data",
      topic,
      about:
        "Same as bun run reset. Deletes orders, payments, events and generated keys. Prompts, unless --yes.",
      options: {
        yes: { about: "Skips the prompt" },
        "left-behind": {
          about: `Deletes instead the PostgreSQL clusters of deleted data folders that remain in ${rootsPostgresDir} after runs as root: lists them and prompts`,
        },
      },
      fields: "deleted, clustersLeftBehind",
      examples: [["--yes", "Delete all data without a prompt"]],
      run: ({ flags }, io) => {
        const options = { yes: flags["yes"] === true };
        return flags["left-behind"] ? wipeLeftBehind(options, io) : wipe(context, options);
      },
    },
    doctor: {
      summary: "Check this installation, and show how to fix each problem",
      topic,
      about: `Checks the settings of this shell and of .env, both databases, Kafka, both services, Toss and the shop's address. Changes nothing. The exit code is 1 if there is a fault, for checks in a deployment.`,
      fields: "A list of level (fault, warning, fine), about, says, advice",
      examples: [["--json", "For a deployment's checks"]],
      run: later(context, async () => (await import("../doctor/command.ts")).doctor),
    },
  };
}
