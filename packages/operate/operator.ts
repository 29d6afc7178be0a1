import { userInfo } from "node:os";
import { actingAs } from "@payflow/outbox";

/** Runs a command's work in the name of the operating system's user, who is then in history and audit rows. */
export function asOperator<T>(work: () => T): T {
  return actingAs({ actor: operatorName() }, work);
}

/** `cli:USER`; the user's number where the system has no name for it, as in containers. */
export function operatorName(): string {
  const { username, uid } = userInfo();
  // Bun's word for a user whose name is not in the environment
  return `cli:${username === "unknown" ? uid : username.slice(0, 64)}`;
}
