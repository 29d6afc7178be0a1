import { signedIn as operator } from "@payflow/access";
import { createAdmin, type AdminDeps } from "@payflow/ui";
import {
  adminAttention,
  adminEvents,
  adminMoney,
  createConsoleKeys,
  readLagAttention,
  topicReader,
} from "@payflow/console";
import { adminNotifications } from "@payflow/notifications";
import { listAudit } from "@payflow/outbox";
import type { Operate } from "@payflow/back-office";
import { messageCalls } from "@payflow/back-office/messages";
import type { Logger } from "@payflow/shared/http";
import type { OrderConfig } from "./config.ts";
import { readOrderAttention } from "./infrastructure/order_attention.ts";
import { adminOrders } from "./presentation/admin_orders.ts";
import type { ApiDeps } from "./presentation/api_route.ts";

/** The operator's console, wired: its pages over the use cases of both services, and what says who has signed in. */
export function createConsole(
  config: OrderConfig,
  parts: {
    readonly deps: ApiDeps;
    readonly operate: Operate;
    readonly db: Parameters<typeof readOrderAttention>[0];
    readonly mails: Pick<Parameters<typeof adminNotifications>[0], "compose" | "isSending">;
    readonly shopName: string;
    readonly refusalOf: NonNullable<AdminDeps["refusalOf"]>;
    readonly log: Logger;
  },
) {
  const { deps, operate, db, log, shopName, refusalOf } = parts;
  const { now, health } = deps;
  const describeOrders = async (orderIds: readonly string[]) => {
    const anyOf = [{ kind: "orders", orderIds } as const];
    const { rows } = await deps.search.searchOrders({ anyOf }, { limit: orderIds.length });
    return new Map(rows.map((order) => [order.orderId, order]));
  };
  const keys = createConsoleKeys({
    ...deps,
    isHttps: config.publicUrl.startsWith("https://"),
    audits: {
      order: (page) => listAudit(db, page),
      payment: async (page) => (await operate("audit", page)).rows,
    },
  });
  const topics = topicReader(config.kafka, log);
  const own = messageCalls(db, config.kafka, log);
  const app = createAdmin({
    ...keys.functions,
    ...adminOrders({ ...deps, operate, operator }),
    ...adminMoney({ operate, operator }),
    ...adminEvents({ own, topics, operate, operator }),
    ...adminNotifications({ ...deps, ...parts.mails, operator, describeOrders }),
    ...adminAttention({
      operator,
      health,
      readOwn: () => readOrderAttention(db),
      readLag: () => readLagAttention(topics),
      readPayments: () => operate("attention", {}),
      describeOrders,
    }),
    now,
    shopName,
    publicUrl: config.publicUrl,
    sandboxUrl: sandboxOf(config.toss.sdkUrl),
    refusalOf,
  });
  return { app, identify: keys.identify };
}

/** Where the payment window comes from, when that is not Toss. */
function sandboxOf(sdkUrl: string): string | undefined {
  const { hostname, origin } = new URL(sdkUrl);
  return hostname.endsWith(".tosspayments.com") ? undefined : origin;
}
