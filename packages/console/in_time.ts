import { within } from "@payflow/database";

/** What was read; undefined when that failed, which whoever failed has logged, or took longer. */
export const inTime = <T>(read: Promise<T>, waitMs: number): Promise<T | undefined> =>
  within(read, waitMs).catch(() => undefined);
