// The context of every command. A command's own modules are loaded after the packages are installed, since a fresh clone
// has none. Imports built-in modules only.
import { UserError, type Command } from "@payflow/local-stack";
import { dataDirIn, root as clone } from "./stack/data_dirs.ts";
import type { Environment } from "./stack/settings.ts";

export type Context = {
  readonly env: Environment;
  /** The folder of the clone. */
  readonly root: string;
  /** The data folder of the stack on this machine. */
  readonly dataDir: string;
  /** Installs missing packages; if it did, runs the command in a new process and returns its exit code. */
  readonly install?: () => Promise<number | undefined>;
};

export type Work = (
  given: Parameters<Command["run"]>[0],
  context: Context,
  io: Parameters<Command["run"]>[1],
) => ReturnType<Command["run"]>;

export function contextOf(env: Environment, root = clone): Context {
  return { env, root, dataDir: dataDirIn(root, env) };
}

/** Runs work whose module is loaded after packages are installed. */
export function later(context: Context, load: () => Promise<Work>): Command["run"] {
  return async (given, io) => {
    const exitCode = await context.install?.();
    if (exitCode !== undefined) return exitCode;
    const work = await load();
    const { ConfigError } = await import("@payflow/shared/http");
    try {
      return await work(given, context, io);
    } catch (error) {
      throw error instanceof ConfigError ? new UserError(error.message) : error;
    }
  };
}
