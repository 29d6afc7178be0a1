// Preloaded into the sandbox's process, so that the storm's seed also decides the sandbox's random faults.
import { randomOf } from "./random.ts";

const sandboxPart = 1_000_003;
Math.random = randomOf(Number(process.env["STORM_SEED"] ?? 0), sandboxPart).next;
