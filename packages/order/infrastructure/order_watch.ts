import { sql, type Kysely } from "kysely";
import type { Log } from "@payflow/database";
import { createWatch } from "@payflow/outbox";
import type { Order } from "../domain/order.ts";

type OrderVersion = Pick<Order, "orderId" | "version" | "status">;
export type OrderWatch = ReturnType<typeof createOrderWatch>;

/** Notifies open pages of new versions of their orders, whichever replica saved them. */
export function createOrderWatch(db: Kysely<never>, log: Log) {
  async function findNewer(known: readonly OrderVersion[]) {
    const { rows } = await sql<OrderVersion>`
      select id as "orderId", version, status from orders
      where id = any(${known.map(({ orderId }) => orderId)}::text[]::uuid[])`.execute(db);
    return rows;
  }
  const { notify, subscribe, watched, worker } = createWatch<OrderVersion>({
    name: "order watch",
    idOf: ({ orderId }) => orderId,
    findNewer,
    log,
  });

  async function* watch(orderId: string, signal: AbortSignal): AsyncIterable<void> {
    let change = Promise.withResolvers<void>();
    const onChange = () => change.resolve();
    const subscription = subscribe({ orderId, version: 0, status: "PENDING" }, onChange);
    signal.addEventListener("abort", onChange);
    try {
      while (!signal.aborted) {
        yield;
        await change.promise;
        change = Promise.withResolvers();
      }
    } finally {
      subscription.end();
      signal.removeEventListener("abort", onChange);
    }
  }

  return {
    watch,
    worker,
    notify: ({ orderId, version, status }: OrderVersion) => notify({ orderId, version, status }),
    /** Watched orders that wait for a deposit. */
    listAwaitingDeposit: () =>
      watched().flatMap(({ orderId, status }) => (status === "AWAITING_DEPOSIT" ? orderId : [])),
  };
}
