// Preloaded into the sandbox's process: the faults that it draws come from the storm's seed as well.
import { randomOf } from "./random.ts";

const sandboxPart = 1_000_003;
Math.random = randomOf(Number(process.env["STORM_SEED"] ?? 0), sandboxPart).next;
