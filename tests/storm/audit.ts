import type { Ledger } from "./ledger.ts";
import type { StormStack } from "./storm_stack.ts";
import { readTopics } from "./topics.ts";
import { findTorn } from "./torn.ts";

/** One thing that must not be, and of which orders. */
export type Violation = {
  readonly rule: string;
  readonly orderIds: readonly string[];
};

type TossRow = {
  paymentKey: string;
  orderId: string;
  status: string;
  totalAmount: number;
  heldAmount: number;
  approvals: number;
};

type OrderRow = {
  id: string;
  status: string;
  amount: number;
  refunded: number;
  snapshot: {
    status: string;
    balanceAmount: number;
    refundedAmount: number;
  } | null;
};

type PaymentRow = {
  id: string;
  status: string;
  kept: {
    paymentKey: string;
    approvedAt: string | null;
    balanceAmount: number;
  } | null;
  refunds: { key: string; status: string; amount: number }[];
};

const paid = ["CONFIRMED", "PARTIALLY_REFUNDED", "REFUNDED"];

/** Compares Toss, both databases, the topics and what everybody was told. Run it at rest. */
export async function audit(
  stack: StormStack,
  options: { readonly ledger: Ledger; readonly wipedUntil: Date | undefined },
): Promise<{
  readonly violations: readonly Violation[];
  readonly statuses: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, number>>;
}> {
  const { ledger } = options;
  const toss = await listToss(stack.sandboxUrl);
  const tossByOrder = Map.groupBy(toss, (row) => row.orderId);
  const tossByKey = new Map(toss.map((row) => [row.paymentKey, row]));
  const orders = await stack.pools.order<OrderRow[]>`
    select id, status, amount_krw::int as amount, refunded_amount_krw::int as refunded, payment as snapshot from orders`;
  const orderById = new Map(orders.map((row) => [row.id, row]));
  const payments = await stack.pools.payment<PaymentRow[]>`
    select id, status, kept, refunds from payments`;
  const paymentById = new Map(payments.map((row) => [row.id, row]));

  const broken = new Map<string, Set<string>>();
  function require(holds: boolean, rule: string, orderId: string): void {
    if (holds) return;
    broken.set(rule, (broken.get(rule) ?? new Set()).add(orderId));
  }

  for (const [key, orderId] of ledger.placed)
    require(orderById.has(
      orderId,
    ), "lost: an acknowledged order is not there", `${orderId} (${key})`);
  for (const [orderId, rows] of tossByOrder) {
    const touched = rows.some((row) => row.approvals > 0);
    require(!touched ||
      orderById.has(
        orderId,
      ), "lost: Toss took money for an order that is not there", orderId);
  }
  for (const order of orders) {
    const rows = tossByOrder.get(order.id) ?? [];
    const held = rows.reduce((sum, row) => sum + row.heldAmount, 0);
    const shown = paid.includes(order.status)
      ? order.amount - order.refunded
      : 0;
    require(held ===
      shown, "money: Toss holds another sum than the order shows", order.id);
    const keptCount = rows.filter((row) => row.heldAmount > 0).length;
    require(keptCount <=
      1, "doubled: more than one approval is kept", order.id);
    require(rows.every(
      (row) => row.approvals <= 1,
    ), "doubled: one paymentKey was approved twice", order.id);
    const payment = paymentById.get(order.id);
    const { snapshot } = order;
    require(payment !== undefined &&
      (snapshot?.status ?? "READY") ===
        visible(
          payment.status,
        ), "agreement: order and payment have another status", order.id);
    if (order.status === "REFUNDED" || order.status === "PARTIALLY_REFUNDED") {
      const done = (payment?.refunds ?? []).filter(
        (refund) => refund.status === "DONE",
      );
      const asked = done.reduce((sum, refund) => sum + refund.amount, 0);
      const byHand = ledger.byHand.get(order.id) ?? 0;
      require(asked + byHand ===
        order.refunded, "doubled: more or less went back than was asked for", order.id);
    }
  }
  for (const orderId of ledger.paid) {
    const isPaid = paid.includes(orderById.get(orderId)?.status ?? "");
    require(isPaid ||
      ledger.takenBack.has(
        orderId,
      ), "promise: told as paid, and is not", orderId);
  }
  for (const paymentKey of ledger.declined) {
    const row = tossByKey.get(paymentKey);
    require((row?.approvals ?? 0) ===
      0, "promise: told as not charged, and was", row?.orderId ?? paymentKey);
  }
  for (const orderId of ledger.canceled)
    require(orderById.get(orderId)?.status ===
      "CANCELED", "promise: told as cancelled, and is not", orderId);
  for (const [key, { orderId }] of ledger.refunded) {
    const refund = paymentById
      .get(orderId)
      ?.refunds.find((each) => each.key === key);
    require(refund?.status ===
      "DONE", "promise: told as refunded, and is not", orderId);
  }
  for (const [key, orderId] of ledger.refusedRefunds) {
    const refund = paymentById
      .get(orderId)
      ?.refunds.find((each) => each.key === key);
    require(refund?.status !==
      "DONE", "promise: told that a refund was refused, and it was made", orderId);
  }

  const messages = await readTopics(stack.kafka.brokers);
  const torn = await findTorn(stack, messages, options.wipedUntil);
  return {
    violations: [...broken]
      .map(([rule, ids]) => ({ rule, orderIds: [...ids] }))
      .concat(
        torn.violations.map(({ rule, orderIds }) => ({
          rule,
          orderIds: [...orderIds],
        })),
      ),
    statuses: Object.fromEntries(
      [...Map.groupBy(orders, (row) => row.status)].map(([status, rows]) => [
        status,
        rows.length,
      ]),
    ),
    figures: {
      orders: orders.length,
      tossPayments: toss.length,
      approvals: toss.reduce((sum, row) => sum + row.approvals, 0),
      heldByTossKrw: toss.reduce((sum, row) => sum + row.heldAmount, 0),
      shownByOrdersKrw: orders.reduce(
        (sum, row) =>
          sum + (paid.includes(row.status) ? row.amount - row.refunded : 0),
        0,
      ),
      voided: toss.filter(
        (row) =>
          row.approvals > 0 &&
          row.heldAmount === 0 &&
          paymentById.get(row.orderId)?.kept?.paymentKey !== row.paymentKey,
      ).length,
      ...torn.figures,
    },
  };
}

/** An attempt under way shows to others only once its outcome is known. */
function visible(status: string): string {
  return status === "IN_PROGRESS" ? "READY" : status;
}

async function listToss(sandboxUrl: string): Promise<TossRow[]> {
  const rows: TossRow[] = [];
  for (let after: number | null = 0; after !== null;) {
    const response: Response = await fetch(
      `${sandboxUrl}/_sandbox/payments?after=${after}`,
    );
    const page = (await response.json()) as {
      payments: TossRow[];
      next: number | null;
    };
    rows.push(...page.payments);
    after = page.next;
  }
  return rows;
}
