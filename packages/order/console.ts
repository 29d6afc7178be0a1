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
import { messageCalls } from "@payflow/back-office/messages";
import type { Logger } from "@payflow/shared/http";
import type { OrderConfig } from "./config.ts";
import { readOrderAttention } from "./infrastructure/order_attention.ts";
import { adminOrders } from "./presentation/admin_orders.ts";
import type { ApiDeps } from "./presentation/api_route.ts";

type ConsoleDeps = ApiDeps &
  Required<Pick<AdminDeps, "shopName" | "refusalOf">> &
  Pick<Parameters<typeof adminNotifications>[0], "compose" | "isSending"> & {
    readonly db: Parameters<typeof readOrderAttention>[0];
    readonly log: Logger;
  };

/** The operator console: its pages for both services. */
export function createConsole(config: OrderConfig, given: ConsoleDeps) {
  const { db, log, operate, now, shopName, refusalOf } = given;
  const describeOrders = async (orderIds: readonly string[]) => {
    const anyOf = [{ kind: "orders", orderIds } as const];
    const { rows } = await given.search.searchOrders({ anyOf }, { limit: orderIds.length });
    return new Map(rows.map((order) => [order.orderId, order]));
  };
  const keys = createConsoleKeys({
    ...given,
    isHttps: config.publicUrl.startsWith("https://"),
    audits: {
      order: (page) => listAudit(db, page),
      payment: async (page) => (await operate("audit", page)).rows,
    },
  });
  const topics = topicReader(config.kafka, log);
  const deps = { ...given, operator, describeOrders };
  const functions = {
    ...keys.functions,
    ...adminOrders(deps),
    ...adminMoney(deps),
    ...adminEvents({ ...deps, topics, own: messageCalls(db, config.kafka, log) }),
    ...adminNotifications(deps),
    ...adminAttention({
      ...deps,
      readOwn: () => readOrderAttention(db),
      readLag: () => readLagAttention(topics),
      readPayments: () => operate("attention", {}),
    }),
    now,
    shopName,
    publicUrl: config.publicUrl,
    sandboxUrl: sandboxOf(config.toss.sdkUrl),
    refusalOf,
  };
  return createAdmin(functions, keys.identify as never);
}

/** The origin of the payment window; undefined when that is Toss's own. */
function sandboxOf(sdkUrl: string): string | undefined {
  const { hostname, origin } = new URL(sdkUrl);
  return hostname.endsWith(".tosspayments.com") ? undefined : origin;
}
