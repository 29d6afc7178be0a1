// Injected faults for the next confirms, cancels and queries. They are stored with the other state,
// so they stay active after a restart.

import * as v from "valibot";
import { findTossCode } from "./toss_codes.ts";

export const operations = ["confirm", "cancel", "find"] as const;
export type Operation = (typeof operations)[number];

/**
 * lose_response: perform the operation, then drop the connection. error_after: perform it, then
 * return the code. error_before: return the code without performing it. delay: perform it after
 * delayMs, even if the client has disconnected. decline: decline with the code. stale: return the
 * state before the last change. not_found: return 404.
 */
export const faultNames = [
  "lose_response",
  "error_after",
  "error_before",
  "delay",
  "decline",
  "stale",
  "not_found",
] as const;

/** One hour: longer than any client waits, and far below the limit of JavaScript timers. */
const delayMsMax = 3_600_000;

const knownCode = v.pipe(
  v.string(),
  v.check(
    (code) => findTossCode(code) !== undefined,
    (issue) => `${issue.received} is not an error code of Toss that the sandbox knows.`,
  ),
);

export const Fault = v.pipe(
  v.strictObject({
    fault: v.picklist(faultNames),
    code: v.exactOptional(knownCode),
    delayMs: v.exactOptional(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(delayMsMax)),
    ),
  }),
  v.check((f) => f.fault !== "delay" || f.delayMs !== undefined, "A delay needs delayMs."),
);
export type Fault = v.InferOutput<typeof Fault>;

/** A fault with the calls that it applies to. */
export const FaultOrder = v.pipe(
  v.strictObject({
    operation: v.picklist(operations),
    ...Fault.entries,
    /** Number of hits; without it, the fault stays until it is cleared. */
    times: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    /** Share of matching calls that it hits, 0 to 1. */
    rate: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
    paymentKey: v.exactOptional(v.string()),
    orderId: v.exactOptional(v.string()),
  }),
  v.check((f) => f.fault !== "delay" || f.delayMs !== undefined, "A delay needs delayMs."),
  v.check(
    (f) => f.operation === "find" || (f.fault !== "stale" && f.fault !== "not_found"),
    "Only find can be stale or not_found.",
  ),
  v.check((f) => f.operation !== "find" || f.fault !== "decline", "find cannot be declined."),
);
export type FaultOrder = v.InferOutput<typeof FaultOrder>;

export type Target = { readonly paymentKey: string; readonly orderId: string };

export type Faults = {
  list(): readonly FaultOrder[];
  add(orders: readonly FaultOrder[]): void;
  clear(): void;
  /** Removes the fault with this JSON text; false when the list no longer has it. */
  remove(json: string): boolean;
  /** Returns the first matching fault and counts one hit. */
  take(operation: Operation, target: Target, only?: Fault["fault"]): FaultOrder | undefined;
};

/** @param keep stores the list, so that it survives a restart. */
export function createFaults(
  start: readonly FaultOrder[],
  keep: (orders: readonly FaultOrder[]) => void,
): Faults {
  let orders = [...start];
  return {
    list: () => orders,
    add(more) {
      orders.push(...more);
      keep(orders);
    },
    clear() {
      orders = [];
      keep(orders);
    },
    remove(json) {
      const found = orders.find((order) => JSON.stringify(order) === json);
      orders = orders.filter((order) => order !== found);
      keep(orders);
      return found !== undefined;
    },
    take(operation, target, only) {
      const found = orders.find(
        (order) =>
          order.operation === operation &&
          (only === undefined || order.fault === only) &&
          (order.paymentKey === undefined || order.paymentKey === target.paymentKey) &&
          (order.orderId === undefined || order.orderId === target.orderId) &&
          Math.random() < (order.rate ?? 1),
      );
      if (found?.times !== undefined) {
        const left = found.times - 1;
        orders = orders.flatMap((order) =>
          order !== found ? [order] : left === 0 ? [] : [{ ...order, times: left }],
        );
        keep(orders);
      }
      return found;
    },
  };
}
