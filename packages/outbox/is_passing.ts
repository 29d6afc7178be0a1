import { isDatabaseFault } from "./database_faults.ts";

/**
 * True for an error that will pass by itself: what it hit is tried again for as long as it lasts. A message's handler
 * says so of its own errors by `kind: "unavailable"`.
 */
export function isPassing(error: unknown): boolean {
  return isDatabaseFault(error) || (error as { kind?: unknown } | null)?.kind === "unavailable";
}
