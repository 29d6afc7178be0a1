import type { AdminAttention, AttentionItem, PartHealth } from "@payflow/ui";
import { isUuid } from "@payflow/database";
import { maskEmail, maskName } from "@payflow/shared";
import { readiness, type HealthChecks } from "@payflow/shared/http";
import { inTime } from "./in_time.ts";
import { requireOperator, type OperatorOf } from "./operator.ts";

type AttentionDeps = {
  readonly operator: OperatorOf;
  readonly health: HealthChecks;
  readonly readOwn: () => Promise<readonly AttentionItem[]>;
  /** Consumers of both services that are far behind. */
  readonly readLag: () => Promise<readonly AttentionItem[]>;
  /** Payment's, and what it has seen of Toss lately. */
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
/** The page does not wait longer for Kafka and payment: their health says that they are away. */
const waitMs = 2_000;

/** Kinds from what costs a customer money or trust to what mends itself. */
const urgency: Readonly<Record<AttentionItem["kind"], number>> = {
  money_without_order: 0,
  payment_without_order: 0,
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

/** What needs attention in both services. While payment is away its part is missing, and its health says so. */
export function adminAttention(deps: AttentionDeps): AdminAttention {
  return {
    async readAttention() {
      requireOperator(deps.operator, "read");
      const [own, behind, payments, health] = await Promise.all([
        deps.readOwn(),
        inTime(deps.readLag(), waitMs),
        inTime(deps.readPayments(), waitMs),
        readiness(deps.health),
      ]);
      const all = [...own, ...(behind ?? []), ...(payments?.items ?? [])].sort(byUrgency);
      const shown = all.slice(0, itemsMax);
      const ids = shown.flatMap(({ orderId = "" }) => (isUuid(orderId) ? [orderId] : []));
      const orders = await deps.describeOrders(ids);
      const items = shown.map((item) => {
        const order = orders.get(item.orderId ?? "");
        if (order === undefined) return item;
        // an erased customer has neither name nor address
        const customer = order.customerEmail === "" ? undefined : masked(order);
        return { ...item, orderNumber: order.orderNumber, customer };
      });
      const hasMore = all.length > itemsMax || (payments?.hasMore ?? false);
      return { items, hasMore, parts: partsOf(health.body.parts, payments?.toss) };
    },
  };
}

function byUrgency(a: AttentionItem, b: AttentionItem): number {
  const kinds = urgency[a.kind] - urgency[b.kind];
  return kinds === 0 ? (a.since ?? "").localeCompare(b.since ?? "") : kinds;
}

/** Enough to know a customer by; empty for one that was erased. */
export function masked({ customerName, customerEmail }: Customer): string {
  return customerEmail === "" ? "" : `${maskName(customerName)} ${maskEmail(customerEmail)}`;
}

function partsOf(
  parts: Readonly<Record<string, "ready" | "down" | undefined>>,
  toss: Omit<PartHealth, "part"> | undefined,
): PartHealth[] {
  const stateOf = (name: string) => (parts[name] === "ready" ? "up" : "down");
  // a payment that answers order but not this call is up in part
  const isPart = toss === undefined && parts["payment"] === "ready";
  return [
    { part: "order", state: stateOf("database") },
    { part: "payment", state: isPart ? "degraded" : stateOf("payment") },
    { part: "kafka", state: stateOf("kafka") },
    { part: "toss", ...(toss ?? { state: "unknown" }) },
  ];
}
