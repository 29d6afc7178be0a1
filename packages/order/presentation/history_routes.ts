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
export function historyRoutes(deps: OrderDeps & HistoryDeps): Hono<{ Variables: CallerVariables }> {
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
      const history = inOrder(own, payments);
      return c.json({ orderId, history });
    },
  );
}

/** By time; but two computers' clocks differ by milliseconds, and what an order took from payment came after it. */
function inOrder(own: readonly HistoryEntry[], payments: readonly HistoryEntry[]): HistoryEntry[] {
  const saidAt = new Map(payments.map((entry) => [entry.version, entry.at]));
  const placed = [
    ...payments.map((entry) => ({ entry, at: entry.at })),
    ...own.map((entry) => {
      const { paymentVersion } = (entry.detail ?? {}) as {
        paymentVersion?: number;
      };
      const after = saidAt.get(paymentVersion ?? 0) ?? "";
      return { entry, at: after > entry.at ? after : entry.at };
    }),
  ];
  return placed.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).map(({ entry }) => entry);
}
