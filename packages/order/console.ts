import { createAdmin } from "@payflow/ui";
import type { AdminDeps, AdminEvents, AdminMoney, AdminSessions } from "@payflow/ui";
import type { OperatorCalls } from "./application/operator_calls.ts";
import type { OrderConfig } from "./config.ts";
import { adminAttention, type AttentionDeps } from "./presentation/admin/admin_attention.ts";
import { signedIn } from "./presentation/admin/as_operator.ts";
import { adminOrders } from "./presentation/admin/admin_orders.ts";
import type { ApiDeps } from "./presentation/api_route.ts";

/** The operator's console, wired: its pages over the use cases of both services. */
export function createConsole(
  { publicUrl }: Pick<OrderConfig, "publicUrl">,
  parts: {
    readonly deps: ApiDeps & { readonly payments: OperatorCalls };
    readonly attention: Pick<AttentionDeps, "readOwn" | "readPayments" | "listCustomers">;
    readonly shopName: string;
    readonly sandboxUrl: string | undefined;
    readonly sessions: AdminSessions;
    readonly money: AdminMoney;
    readonly events: AdminEvents;
    readonly refusalOf: NonNullable<AdminDeps["refusalOf"]>;
  },
): ReturnType<typeof createAdmin> {
  const { deps, sessions, money, events, ...page } = parts;
  return createAdmin({
    ...sessions,
    ...money,
    ...events,
    ...adminOrders({ ...deps, operator: signedIn }),
    ...adminAttention({
      operator: signedIn,
      health: deps.health,
      ...parts.attention,
    }),
    now: deps.now,
    shopName: page.shopName,
    publicUrl,
    sandboxUrl: page.sandboxUrl,
    refusalOf: page.refusalOf,
  });
}
