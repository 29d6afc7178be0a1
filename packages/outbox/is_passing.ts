import { AppError } from "@payflow/shared";
import { isDatabaseFault } from "./database_faults.ts";

/** True for a fault that will pass by itself: what it hit is tried again for as long as it lasts. */
export function isPassing(error: unknown): boolean {
  return isDatabaseFault(error) || (error instanceof AppError && error.kind === "unavailable");
}
