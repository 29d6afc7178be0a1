import type { Chart } from "./report/svg_chart.ts";
import type { Servers } from "./lab/servers.ts";
import type { ShopOptions, Shop } from "./lab/shop.ts";

/** The amount of work in a run. */
export type Scale = {
  readonly rounds: number;
  /** Load time before a measurement, because the JIT recompiles hot code several times at first. */
  readonly warmMs: number;
  /** Duration of one load. */
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
  /** Age of the processes at the last reading of their memory. */
  readonly soakMs: number;
};

/** A figure with a required value. */
export type Target = {
  readonly text: string;
  readonly unit: string;
  readonly atLeast?: number;
  readonly atMost?: number;
  /** Undefined when it could not be measured on this machine. */
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
  /** Paragraphs that a reader needs to judge the figures. */
  readonly notes: readonly string[];
  /** The values of every round, for other evaluations. */
  readonly samples: Readonly<Record<string, unknown>>;
};

export type Bench = {
  readonly scale: Scale;
  readonly servers: Servers;
  /** For logs, profiles and temporary files. */
  readonly folder: string;
  readonly cpuProfile: boolean;
  /** Shows the current step. */
  step(label: string): void;
  /** Starts a shop in a folder of the run. The end of the run stops it if the figure does not. */
  startShop(options: Omit<ShopOptions, "folder" | "cpuProfile">): Promise<Shop>;
  /** The shop with all parts that several figures use in turn; it starts on first use. */
  mainShop(): Promise<{ readonly shop: Shop; readonly ageMs: () => number }>;
  /** Ends the main shop, since Bun writes a profile at the end. The next use starts another. */
  endMainShop(): Promise<void>;
};

export type Figure = {
  readonly name: string;
  readonly title: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** Estimated duration, for the progress bar; the figures before it take `beforeMs`. */
  estimateMs(scale: Scale, beforeMs: number): number;
  run(bench: Bench): Promise<FigureResult>;
};

export function isReached({ atLeast = -Infinity, atMost = Infinity, reached }: Target): boolean {
  return reached !== undefined && reached >= atLeast && reached <= atMost;
}
