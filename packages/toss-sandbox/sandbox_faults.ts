// Faults on request: what shall go wrong with the next confirms, cancels and
// queries. They are kept with the rest of the state, so a restart in the
// middle of a storm does not end it.

import * as v from "valibot";
import { findTossCode } from "./toss_codes.ts";

export const operations = ["confirm", "cancel", "find"] as const;
export type Operation = (typeof operations)[number];

/**
 * lose_response: do it, then drop the connection. error_after: do it, then
 * answer the code. error_before: answer the code without doing it. delay: do
 * it after delayMs, even if the caller has gone. decline: refuse with the code.
 * stale: show the state before the last change. not_found: 404.
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

/** Timers of JavaScript hold at most this; an hour is more than any caller waits. */
const delayMsMax = 3_600_000;

const knownCode = v.pipe(
  v.string(),
  v.check(
    (code) => findTossCode(code) !== undefined,
    (issue) => `${issue.received} is not an error code of Toss that the sandbox knows.`,
  ),
);

/** What goes wrong, once. */
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

/** A fault with the calls that it is for. */
export const FaultOrder = v.pipe(
  v.strictObject({
    operation: v.picklist(operations),
    ...Fault.entries,
    /** How often; without it for as long as it is not cleared. */
    times: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    /** The share of matching calls, 0 to 1, that it hits. */
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
  /** Takes out the one that reads so as JSON; false when it was used or removed before. */
  remove(json: string): boolean;
  /** Takes the first fault that fits and counts it as used up once. */
  take(operation: Operation, target: Target, only?: Fault["fault"]): FaultOrder | undefined;
};

/** @param keep stores the list wherever it shall outlive the process. */
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
