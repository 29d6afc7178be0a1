import type { Scale } from "./figure.ts";

/** For docs/figures.md: about 35 minutes on two quiet cores. */
export const fullScale: Scale = {
  rounds: 3,
  warmMs: 30_000,
  loadMs: 4_000,
  connections: [1, 8, 64, 256],
  drainRows: 200_000,
  relays: [1, 2, 4],
  consumerRows: 50_000,
  effectRates: [100, 500, 2_000],
  effectMs: 6_000,
  confirms: 200,
  grownRows: 5_000_000,
  overloadConnections: 4_000,
  overloadMs: 20_000,
  soakMs: 15 * 60_000,
};

/** Shows that everything runs; its figures are too rough to use. */
export const quickScale: Scale = {
  rounds: 1,
  warmMs: 500,
  loadMs: 1_000,
  connections: [1, 64],
  drainRows: 3_000,
  relays: [1, 2],
  consumerRows: 3_000,
  effectRates: [100, 500],
  effectMs: 1_500,
  confirms: 10,
  grownRows: 10_000,
  overloadConnections: 300,
  overloadMs: 4_000,
  soakMs: 0,
};
