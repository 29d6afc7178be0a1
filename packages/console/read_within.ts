import { within } from "@payflow/database";

/** The result; undefined when the read failed (which its client has logged) or took longer than `waitMs`. */
export const readWithin = <T>(read: Promise<T>, waitMs: number): Promise<T | undefined> =>
  within(read, waitMs).catch(() => undefined);
