import type { AdminAttention, AttentionItem, PartHealth } from "@payflow/ui";
import { isUuid } from "@payflow/database";
import { maskEmail, maskName } from "@payflow/shared";
import { readiness, type HealthChecks } from "@payflow/shared/http";
import { readWithin } from "./read_within.ts";
import { requireOperator, type OperatorOf } from "./operator.ts";

type AttentionDeps = {
  readonly operator: OperatorOf;
  readonly health: HealthChecks;
  readonly readOwn: () => Promise<readonly AttentionItem[]>;
  /** Consumers of both services that are far behind. */
  readonly readLag: () => Promise<readonly AttentionItem[]>;
  /** Payment's items, and the results of its recent calls to Toss. */
  readonly readPayments: () => Promise<{
    readonly items: readonly AttentionItem[];
    readonly hasMore: boolean;
    readonly toss: Omit<PartHealth, "part">;
  }>;
  readonly describeOrders: (
    orderIds: readonly string[],
  ) => Promise<ReadonlyMap<string, Customer & { readonly orderNumber: string }>>;
};

type Customer = { readonly customerName: string; readonly customerEmail: string };

const itemsMax = 200;
/** The page waits no longer for Kafka and payment; their health shows that they are unavailable. */
const waitMs = 2_000;

/** 0: costs a customer money or trust. 3: may resolve by itself. */
const urgency: Readonly<Record<AttentionItem["kind"], number>> = {
  money_without_order: 0,
  payment_without_order: 0,
  payout_failed: 0,
  paid_twice: 0,
  unrecovered: 0,
  manual_review: 1,
  reconciliation: 1,
  account_needed: 2,
  refund_requested: 2,
  tax_free_differs: 2,
  dead_letters: 2,
  endpoint_off: 2,
  relay_missing: 2,
  unsigned_messages: 2,
  return_open: 3,
  refund_open: 3,
  confirm_open: 3,
  outbox_old: 3,
  consumer_behind: 3,
  webhooks_waiting: 3,
  mails_failed: 3,
  endpoint_failing: 3,
};

/** Items of both services that need attention. Without payment its items are missing, and its health shows why. */
export function adminAttention(deps: AttentionDeps): AdminAttention {
  return {
    async readAttention() {
      requireOperator(deps.operator, "read");
      const [own, behind, payments, health] = await Promise.all([
        deps.readOwn(),
        readWithin(deps.readLag(), waitMs),
        readWithin(deps.readPayments(), waitMs),
        readiness(deps.health),
      ]);
      const all = [...own, ...(behind ?? []), ...(payments?.items ?? [])].sort(byUrgency);
      const shown = all.slice(0, itemsMax);
      const ids = shown.flatMap(({ orderId = "" }) => (isUuid(orderId) ? [orderId] : []));
      const orders = await deps.describeOrders(ids);
      const items = shown.map((item) => {
        const order = orders.get(item.orderId ?? "");
        if (order === undefined) return item;
        return { ...item, orderNumber: order.orderNumber, customer: masked(order) || undefined };
      });
      const hasMore = all.length > itemsMax || (payments?.hasMore ?? false);
      return { items, hasMore, parts: partsOf(health.body.parts, payments?.toss) };
    },
  };
}

function byUrgency(a: AttentionItem, b: AttentionItem): number {
  return urgency[a.kind] - urgency[b.kind] || (a.since ?? "").localeCompare(b.since ?? "");
}

/** Name and address, masked but recognizable; empty for an erased customer. */
export function masked({ customerName, customerEmail }: Customer): string {
  return customerEmail === "" ? "" : `${maskName(customerName)} ${maskEmail(customerEmail)}`;
}

function partsOf(
  parts: Readonly<Record<string, "ready" | "down" | undefined>>,
  toss: Omit<PartHealth, "part"> | undefined,
): PartHealth[] {
  const stateOf = (name: string) => (parts[name] === "ready" ? "up" : "down");
  // payment is ready, but this call failed
  const isPart = toss === undefined && parts["payment"] === "ready";
  return [
    { part: "order", state: stateOf("database") },
    { part: "payment", state: isPart ? "degraded" : stateOf("payment") },
    { part: "kafka", state: stateOf("kafka") },
    { part: "toss", ...(toss ?? { state: "unknown" }) },
  ];
}
