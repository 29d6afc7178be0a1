/** @jsxImportSource hono/jsx */
// Texts of faults, and buttons that add the common ones.

import type { FaultOrder } from "../sandbox_faults.ts";
import { readTestName } from "../test_names.ts";
import type { Scene } from "./home_frame.tsx";

/** In the syntax of test names; each happens once. */
export const presets = [
  "confirm.lose_response",
  "confirm.error_after",
  "confirm.error_before",
  "confirm.decline",
  "confirm.delay:20000",
  "cancel.lose_response",
  "cancel.decline",
  "find.stale",
  "find.not_found",
] as const;

/** The fault of a preset button; undefined for an unknown name. */
export function presetFault(name: string): FaultOrder | undefined {
  const read = presets.some((preset) => preset === name)
    ? readTestName({ orderName: `sandbox:${name}` })
    : undefined;
  return read === undefined || "unknown" in read ? undefined : read.faults[0];
}

export function PresetButtons({ scene }: { scene: Scene }) {
  return (
    <form method="post" action="/faults/preset" class="buttons">
      <input type="hidden" name="back" value={scene.here} />
      {presets.map((name) => {
        const fault = presetFault(name);
        return fault === undefined ? (
          ""
        ) : (
          <button name="preset" value={name}>
            {faultText(fault, scene)}
          </button>
        );
      })}
    </form>
  );
}

/** The operation and the fault, without target and count. */
export function faultText(fault: FaultOrder, { t }: Scene): string {
  const detail = fault.code ?? (fault.delayMs === undefined ? undefined : `${fault.delayMs} ms`);
  const what = `${t.operations[fault.operation]}: ${t.faultNames[fault.fault]}`;
  return detail === undefined ? what : `${what} (${detail})`;
}

/** The names in the control API, the count and the target. */
export function faultScope(fault: FaultOrder, { t }: Scene): string {
  return [
    `${fault.operation} ${fault.fault}`,
    fault.times === undefined ? t.forever : t.timesLeft(fault.times),
    fault.rate === undefined ? undefined : t.share(fault.rate),
    fault.orderId === undefined ? undefined : t.onlyFor(fault.orderId),
    fault.paymentKey === undefined ? undefined : t.onlyFor(fault.paymentKey),
  ]
    .filter((part) => part !== undefined)
    .join(" · ");
}
