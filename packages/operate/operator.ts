import { hostname, userInfo } from "node:os";
import { actingAs } from "@payflow/outbox";

/** Runs a command's work with the operating system's user as the actor of history and audit rows. */
export function asOperator<T>(work: () => T): T {
  return actingAs({ actor: operatorName() }, work);
}

/** `cli:USER`; `cli:uid 1000 on HOST` if the system has no name for the user, for example in containers. */
export function operatorName(): string {
  const { username, uid } = userInfo();
  // Bun's userInfo() reads only the environment, which has no name in cron jobs and containers
  const name = username === "unknown" ? nameOfProcess() : username;
  return `cli:${(name || `uid ${uid} on ${hostname()}`).slice(0, 64)}`;
}

/** Empty if there is no name for the process's user, or no `id`, as in minimal images. */
function nameOfProcess(): string {
  const id = Bun.which("id");
  return id === null
    ? ""
    : Bun.spawnSync([id, "-un"], { stderr: "ignore" }).stdout.toString().trim();
}
