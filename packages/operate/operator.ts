import { userInfo } from "node:os";
import { actingAs } from "@payflow/outbox";

/** Runs a command's work with the operating system's user as the actor of history and audit rows. */
export function asOperator<T>(work: () => T): T {
  return actingAs({ actor: operatorName() }, work);
}

/** `cli:USER`; the user id if the system has no name for it, for example in containers. */
export function operatorName(): string {
  const { username, uid } = userInfo();
  // Bun returns this if the user's name is not in the environment
  return `cli:${username === "unknown" ? uid : username.slice(0, 64)}`;
}
