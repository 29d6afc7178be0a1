import type { Ledger } from "./ledger.ts";
import type { StormStack } from "./storm_stack.ts";
import { findTorn } from "./torn.ts";
import type { Violation } from "./violation.ts";

type TossRow = {
  paymentKey: string;
  orderId: string;
  heldAmount: number;
  approvals: number;
};

type OrderRow = {
  id: string;
  status: string;
  amount: number;
  refunded: number;
  snapshot: { status: string; refundAccountNeeded: boolean } | null;
};

type PaymentRow = {
  id: string;
  status: string;
  kept: { paymentKey: string } | null;
  refunds: { key: string; status: string; amount: number }[];
};

/** All that is known in the end, and a way to say what is wrong with it. */
type Books = {
  readonly toss: readonly TossRow[];
  readonly orders: ReadonlyMap<string, OrderRow>;
  readonly payments: ReadonlyMap<string, PaymentRow>;
  readonly ledger: Ledger;
  readonly blame: (rule: string, orderId: string) => void;
};

/** Compares Toss, both databases, the topics and what everybody was told. Run it at rest. */
export async function audit(
  stack: StormStack,
  options: { readonly ledger: Ledger; readonly wipedUntil: Date | undefined },
): Promise<{
  readonly violations: readonly Violation[];
  readonly statuses: Readonly<Record<string, number>>;
  readonly figures: Readonly<Record<string, number>>;
}> {
  const blamed = new Map<string, Set<string>>();
  const books: Books = {
    toss: await listToss(stack.sandboxUrl),
    orders: byId(
      await stack.pools.order<OrderRow[]>`
        select id, status, amount_krw::int as amount, refunded_amount_krw::int as refunded, payment as snapshot
        from orders`,
    ),
    payments: byId(
      await stack.pools.payment<PaymentRow[]>`
        select id, status, kept, refunds from payments`,
    ),
    ledger: options.ledger,
    blame: (rule, orderId) =>
      blamed.set(rule, (blamed.get(rule) ?? new Set()).add(orderId)),
  };
  auditMoney(books);
  auditPromises(books);
  const torn = await findTorn(stack, options.wipedUntil);
  const statuses = Map.groupBy(books.orders.values(), (row) => row.status);
  return {
    violations: [
      ...[...blamed].map(([rule, ids]) => ({ rule, orderIds: [...ids] })),
      ...torn.violations,
    ],
    statuses: Object.fromEntries(
      [...statuses].map(([status, rows]) => [status, rows.length]),
    ),
    figures: { ...moneyFigures(books), ...torn.figures },
  };
}

/** Each order shows what Toss holds for it, and nobody was charged twice. */
function auditMoney({ toss, orders, payments, ledger, blame }: Books): void {
  const tossByOrder = Map.groupBy(toss, (row) => row.orderId);
  for (const { orderId, approvals } of toss) {
    if (approvals > 1) blame("doubled: a payment was approved twice", orderId);
    if (approvals > 0 && !orders.has(orderId))
      blame("lost: Toss took money for an order that is not there", orderId);
  }
  for (const order of orders.values()) {
    const rows = tossByOrder.get(order.id) ?? [];
    if (rows.filter((row) => row.heldAmount > 0).length > 1)
      blame("doubled: more than one approval is kept", order.id);
    if (sum(rows.map((row) => row.heldAmount)) !== shownOf(order))
      blame("money: Toss holds another sum than the order shows", order.id);
    const payment = payments.get(order.id);
    // an attempt under way shows only by its outcome
    const status =
      payment?.status === "IN_PROGRESS" ? "READY" : payment?.status;
    if ((order.snapshot?.status ?? "READY") !== status)
      blame("torn: order and payment have another status", order.id);
    const done = (payment?.refunds ?? []).filter(
      (refund) => refund.status === "DONE",
    );
    const asked =
      sum(done.map((refund) => refund.amount)) +
      (ledger.byHand.get(order.id) ?? 0);
    if (order.refunded > 0 && asked !== order.refunded)
      blame("doubled: another sum went back than was asked for", order.id);
  }
}

/** Whatever anybody was told is true. */
function auditPromises({ toss, orders, payments, ledger, blame }: Books): void {
  for (const orderId of ledger.placed.values()) {
    if (!orders.has(orderId))
      blame("lost: an acknowledged order is not there", orderId);
  }
  for (const orderId of ledger.paid) {
    if (!isPaid(orders.get(orderId)) && !ledger.takenBack.has(orderId))
      blame("promise: told as paid, and is not", orderId);
  }
  for (const { paymentKey, orderId, approvals } of toss) {
    if (approvals > 0 && ledger.declined.has(paymentKey))
      blame("promise: told as not charged, and was", orderId);
  }
  for (const orderId of ledger.canceled) {
    if (orders.get(orderId)?.status !== "CANCELED")
      blame("promise: told as cancelled, and is not", orderId);
  }
  const isDone = (key: string, orderId: string) =>
    payments.get(orderId)?.refunds.find((each) => each.key === key)?.status ===
    "DONE";
  for (const [key, { orderId }] of ledger.refunded) {
    if (!isDone(key, orderId))
      blame("promise: told as refunded, and is not", orderId);
  }
  for (const [key, orderId] of ledger.refusedRefunds) {
    if (isDone(key, orderId))
      blame("promise: told that a refund was refused, and is made", orderId);
  }
}

function moneyFigures({ toss, orders, payments }: Books) {
  const isVoided = ({ orderId, paymentKey, approvals, heldAmount }: TossRow) =>
    approvals > 0 &&
    heldAmount === 0 &&
    payments.get(orderId)?.kept?.paymentKey !== paymentKey;
  return {
    orders: orders.size,
    tossPayments: toss.length,
    approvals: sum(toss.map((row) => row.approvals)),
    approvalsSentBack: toss.filter(isVoided).length,
    heldByTossKrw: sum(toss.map((row) => row.heldAmount)),
    shownByOrdersKrw: sum([...orders.values()].map(shownOf)),
    depositsThatWaitForAnAccount: [...orders.values()].filter(
      (order) => order.snapshot?.refundAccountNeeded,
    ).length,
  };
}

/** What an order says that Toss holds: what was paid less what went back, or a late deposit that has nowhere to go yet. */
function shownOf({ status, amount, refunded, snapshot }: OrderRow): number {
  if (snapshot?.refundAccountNeeded) return amount;
  return isPaid({ status }) ? amount - refunded : 0;
}

function isPaid(order: { readonly status: string } | undefined): boolean {
  return ["CONFIRMED", "PARTIALLY_REFUNDED", "REFUNDED"].includes(
    order?.status ?? "",
  );
}

function byId<Row extends { id: string }>(
  rows: readonly Row[],
): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** The sandbox's list for auditors, whole. */
export async function listToss(sandboxUrl: string): Promise<TossRow[]> {
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
