import { sweepProgress } from "@payflow/outbox";
import type { Logger, OpenedService } from "@payflow/shared/http";
import { eraseDue } from "./application/erase_customers.ts";
import { queryWatchedDeposits } from "./application/query_watched_deposits.ts";
import {
  sweepChanges,
  sweepFollowed,
  sweepUnsettled,
  type SweepDeps,
} from "./application/sweep_payments.ts";
import type { OrderConfig } from "./config.ts";
import { keepOrphan } from "./infrastructure/order_attention.ts";
import { isTemporaryFailure } from "./infrastructure/http_payments.ts";
import type { OrderWatch } from "./infrastructure/order_watch.ts";
import type { ApiDeps } from "./presentation/api_route.ts";

/** Adds the background workers: sweeps of payments, queries of watched deposits, erasure. */
export function addOrderWorkers(
  { db, every, add }: OpenedService,
  config: OrderConfig,
  parts: { readonly deps: ApiDeps; readonly watch: OrderWatch; readonly log: Logger },
): void {
  const { deps, watch, log } = parts;
  const sweepDeps: SweepDeps = {
    ...deps,
    followedProgress: sweepProgress(db, "followed"),
    unsettledAfterMs: config.sweepMs,
    progress: sweepProgress(db, "payments"),
    isTemporary: isTemporaryFailure,
    onFault(orderId, err) {
      if (isTemporaryFailure(err))
        log.warn({ orderId, err }, "order was not compared with its payment, will retry");
      else log.error({ orderId, err }, "order can't follow its payment: both need manual review");
    },
    async onOrphan(payment) {
      const isNews = await keepOrphan(db, payment);
      const { orderId, status, balanceAmount } = payment;
      const text = "money without an order: return it, or find out what was bought";
      if (isNews && balanceAmount > 0) log.error({ orderId, status, balanceAmount }, text);
    },
  };
  add(watch.worker);
  // one worker per sweep, so that a slow sweep does not delay the others
  for (const sweep of [sweepUnsettled, sweepChanges, sweepFollowed])
    every(config.sweepMs, sweep.name, async (signal) => {
      const behind = await sweep(sweepDeps, signal);
      if (behind > 0) log.warn({ behind }, "orders had missed changes of their payments");
    });
  every(config.depositPollMs, "watched deposits", () =>
    queryWatchedDeposits(watch.listAwaitingDeposit(), deps),
  );
  every(60 * 60_000, "erasure", () => eraseDue({ unpaidDays: config.unpaidRetentionDays }, deps), {
    backoffMaxMs: 10 * 60_000,
  });
}
