import type { Chart } from "./report/svg_chart.ts";
import type { Servers } from "./lab/servers.ts";
import type { ShopOptions, Shop } from "./lab/shop.ts";

/** How much of everything a run does. */
export type Scale = {
  readonly rounds: number;
  /** How long a shop is under load before it is measured: code that is used often is compiled again and again at first. */
  readonly warmMs: number;
  /** How long one load lasts. */
  readonly loadMs: number;
  readonly connections: readonly number[];
  readonly drainRows: number;
  readonly relays: readonly number[];
  readonly consumerRows: number;
  readonly effectRates: readonly number[];
  readonly effectMs: number;
  readonly confirms: number;
  readonly grownRows: number;
  readonly overloadConnections: number;
  readonly overloadMs: number;
  /** How old the processes are when their memory is read for the last time. */
  readonly soakMs: number;
};

/** A figure that must be reached. */
export type Target = {
  readonly text: string;
  readonly unit: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Undefined: could not be measured on this machine. */
  readonly reached?: number | undefined;
};

export type Table = {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
};

export type FigureResult = {
  readonly targets: readonly Target[];
  readonly tables: readonly Table[];
  readonly charts: readonly Chart[];
  /** What a reader must know to judge the figures; a paragraph each. */
  readonly notes: readonly string[];
  /** Every round's values, for whoever wants to compute something else. */
  readonly samples: Readonly<Record<string, unknown>>;
};

export type Bench = {
  readonly scale: Scale;
  readonly servers: Servers;
  /** For logs, profiles and whatever a figure leaves while it runs. */
  readonly folder: string;
  readonly cpuProfile: boolean;
  /** Says what is being done now. */
  step(label: string): void;
  /** Starts a shop, in a folder of the run. It is stopped with the run, if the figure does not. */
  startShop(options: Omit<ShopOptions, "folder" | "cpuProfile">): Promise<Shop>;
  /** The shop that several figures use one after the other, with all parts, started on first use. */
  mainShop(): Promise<{ readonly shop: Shop; readonly ageMs: () => number }>;
  /** The next figure that needs it gets a new one: a profile is written when its process ends. */
  endMainShop(): Promise<void>;
};

export type Figure = {
  readonly name: string;
  readonly title: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** About how long it takes, for the progress bar, when others of the run take `beforeMs` before. */
  estimateMs(scale: Scale, beforeMs: number): number;
  run(bench: Bench): Promise<FigureResult>;
};

export function isReached({ atLeast = -Infinity, atMost = Infinity, reached }: Target): boolean {
  return reached !== undefined && reached >= atLeast && reached <= atMost;
}
