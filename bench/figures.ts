import type { Figure } from "./figure.ts";
import { checkouts } from "./figures/checkouts.ts";
import { consumer } from "./figures/consumer.ts";
import { effect } from "./figures/effect.ts";
import { growth } from "./figures/growth.ts";
import { memory } from "./figures/memory.ts";
import { orders } from "./figures/orders.ts";
import { overload } from "./figures/overload.ts";
import { relay } from "./figures/relay.ts";
import { webhooks } from "./figures/webhooks.ts";

/** In the order of the run; memory is last, on the processes that the others have loaded. */
export const figures: readonly Figure[] = [
  orders,
  relay,
  effect,
  consumer,
  checkouts,
  webhooks,
  overload,
  growth,
  memory,
];
