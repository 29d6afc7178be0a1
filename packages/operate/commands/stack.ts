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
      about: `Also as bun start. Installs the packages first, and keeps everything running; Ctrl-C stops it in order.

Settings come from the environment and from .env: .env.example explains them.`,
      examples: [["", "Start with the settings of .env"]],
      run: () => start(context),
    },
    stop: {
      summary: "Stop the stack of this data folder from another terminal",
      topic,
      about: "Also as bun run stop. Its data stays.",
      fields: "dataDir, wasRunning",
      run: () => stop(context),
    },
    reset: {
      summary: "Stop the stack and delete all its data",
      topic,
      about:
        "Also as bun run reset. Deletes orders, payments, events and generated keys. Prompts, or takes --yes.",
      options: {
        yes: { about: "Skips the prompt" },
        "left-behind": {
          about: `Deletes instead what root's deleted data folders have left in ${rootsPostgresDir}: lists it, and prompts`,
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
      summary: "Find what is wrong with this set-up, and what to do about it",
      topic,
      about: `Looks at the settings of this shell and of .env, at both databases, Kafka, both services, Toss and the shop's address. Changes nothing. Exit code 1 when there is a fault, so it can stand in a deployment's checks.`,
      fields: "A list of level (fault, warning, fine), about, says, advice",
      examples: [["--json", "For a deployment's checks"]],
      run: later(context, async () => (await import("../doctor/command.ts")).doctor),
    },
  };
}
