import { sql, type Kysely } from "kysely";
import type { Log } from "@payflow/database";
import { createWatch } from "@payflow/outbox";
import type { Order } from "../domain/order.ts";

type OrderVersion = Pick<Order, "orderId" | "version" | "status">;

/** Notifies open pages of new versions of their orders, whichever replica saved them. */
export function createOrderWatch(db: Kysely<never>, log: Log) {
  async function findNewer(known: readonly OrderVersion[]) {
    const { rows } = await sql<OrderVersion>`
      select id as "orderId", version, status from orders
      where id = any(${known.map(({ orderId }) => orderId)}::text[]::uuid[])`.execute(db);
    return rows;
  }
  const { notify, watch, watched, worker } = createWatch<OrderVersion>({
    name: "order watch",
    idOf: ({ orderId }) => orderId,
    findNewer,
    log,
  });
  return {
    watch: (orderId: string, signal: AbortSignal) =>
      watch({ orderId, version: 0, status: "PENDING" }, signal),
    worker,
    notify,
    /** Watched orders that wait for a deposit. */
    listAwaitingDeposit: () =>
      watched().flatMap(({ orderId, status }) => (status === "AWAITING_DEPOSIT" ? orderId : [])),
  };
}
