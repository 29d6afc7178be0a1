import { Hono } from "hono";
import * as v from "valibot";
import { OrderId, type HistoryEntry } from "@payflow/shared";
import { orderNotFound } from "../application/apply_payment.ts";
import type { OrderDeps } from "../application/ports.ts";
import { requireMerchant, type CallerVariables } from "./caller.ts";

export type HistoryDeps = {
  readonly listHistory: (orderId: string) => Promise<readonly HistoryEntry[]>;
};

/** What happened to an order, in both services, for whoever must explain it. */
export function historyRoutes(
  deps: OrderDeps & HistoryDeps,
): Hono<{ Variables: CallerVariables }> {
  return new Hono<{ Variables: CallerVariables }>().get(
    "/api/orders/:orderId/history",
    async (c) => {
      requireMerchant(c.get("caller"));
      const orderId = c.req.param("orderId");
      if (!v.is(OrderId, orderId) || !(await deps.orders.find(orderId)))
        throw orderNotFound(orderId);
      const [own, payments] = await Promise.all([
        deps.listHistory(orderId),
        deps.payments.listHistory(orderId),
      ]);
      const history = [...own, ...payments].sort((a, b) =>
        a.at < b.at ? -1 : a.at > b.at ? 1 : 0,
      );
      return c.json({ orderId, history });
    },
  );
}
