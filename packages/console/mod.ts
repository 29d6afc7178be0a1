/**
 * Functions of the pages in `ui/admin` about both services. Order mounts the console and adds the remaining functions.
 * @module
 */
export { adminAttention, masked } from "./attention.ts";
export { pageOfBoth } from "./both_parts.ts";
export { adminEvents } from "./events.ts";
export { createConsoleKeys } from "./keys.ts";
export { readWithin } from "./read_within.ts";
export { readLagAttention } from "./lag_attention.ts";
export { adminMoney } from "./money.ts";
export { movementsHead, movementsLines } from "./money_csv.ts";
export { forOperators, Reason, requireOperator, type OperatorOf } from "./operator.ts";
export { exportOrders } from "./order_csv.ts";
export { placedBetween, selectionOf } from "./order_filter.ts";
export { topicReader } from "./topics.ts";
