import { perform } from "./perform.ts";
import { checkAtRest } from "./invariants_at_rest.ts";
import { checkCapture, checkOrderSave, checkPaymentSave } from "./invariants_of_steps.ts";
import type { Scenario } from "./scenario.ts";
import { settle } from "./settle.ts";
import { createWorld, type World } from "./world.ts";

const checks = {
  onOrderSave: checkOrderSave,
  onPaymentSave: checkPaymentSave,
  onCapture: checkCapture,
};

/** Runs a scenario from a placed order, settles the world, and throws when an invariant is broken. */
export async function runScenario({ commands, ...settings }: Scenario): Promise<World> {
  const world = createWorld({ ...settings, checks });
  await perform(world, { do: "place", order: 0, at: "order-0", until: { points: 1, fate: "ok" } });
  for (const command of commands) {
    await perform(world, command);
    throwFault(world);
  }
  await settle(world);
  throwFault(world);
  checkAtRest(world);
  return world;
}

function throwFault({ faults }: World): void {
  if (faults.length > 0) throw faults[0];
}
