import type { Addresses } from "./service_environment.ts";
import type { Settings } from "./settings.ts";

/** The lines shown once everything runs: addresses, merchant key and useful commands. */
export function summary(stack: {
  readonly settings: Settings;
  readonly addresses: Addresses;
  readonly merchantApiKey: string;
}): string[] {
  const { settings, addresses } = stack;
  const { shop, sandbox } = settings.browser;
  const toss = settings.usesToss
    ? "Toss Payments itself, by the keys in the environment"
    : `sandbox on ${sandbox} (no money moves)`;
  const rows = {
    Shop: shop,
    Console: `${shop}/admin   sign in with the merchant key`,
    "API docs": `${shop}/docs`,
    "Merchant key": stack.merchantApiKey,
    Toss: toss,
    PostgreSQL: `${hostOf(addresses.orderDatabase)}   inspect: bun run db order`,
    Kafka: `${addresses.brokers}   inspect: bun run kafka topics`,
    Data: settings.dataDir,
    Stop: "Ctrl-C, or bun run stop (data is kept; bun run reset deletes it)",
  };
  return Object.entries(rows).map(([name, value]) => `${name.padEnd(14)}${value}`);
}

/** The host without user and password, because other people may see the screen. */
function hostOf(url: string): string {
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
