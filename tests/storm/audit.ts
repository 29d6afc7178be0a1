import type postgres from "postgres";
import { markOf } from "@payflow/shared";
import type { Ledger, RefundAccount } from "./ledger.ts";
import { acknowledged } from "./ledger.ts";
import type { Losses } from "./losses.ts";
import { steadily } from "./steadily.ts";
import type { StormStack } from "./storm_stack.ts";
import { auditHoldings, listTransactions } from "./toss_holdings.ts";
import { openBlame, type Blame, type Violation } from "./violation.ts";

export type TossRow = {
  paymentKey: string;
  orderId: string;
  method: string;
  status: string;
  totalAmount: number;
  heldAmount: number;
  approvals: number;
  refunds: { amount: number; reason: string; account: RefundAccount | null }[];
};

/** A row of `orphaned_payments`: money without an order, reported to the operator. */
type OrphanRow = { id: string; held: number; waitsForAccount: boolean };

type OrderRow = {
  id: string;
  status: string;
  name: string;
  email: string;
  amount: number;
  refunded: number;
  items: { productId: string; unitPrice: number; quantity: number }[];
  key: string | null;
  snapshot: { status: string; refundAccountNeeded: boolean } | null;
};

type PaymentRow = {
  id: string;
  status: string;
  amount: number;
  kept: { paymentKey: string } | null;
  attempts: { paymentKey: string; status: string }[];
  refunds: { key: string; status: string; amount: number }[];
};

/** The state of Toss and both databases after everything has settled. */
export type Books = {
  readonly toss: readonly TossRow[];
  readonly orders: ReadonlyMap<string, OrderRow>;
  readonly payments: ReadonlyMap<string, PaymentRow>;
  readonly orphans: ReadonlyMap<string, OrphanRow>;
  /** By paymentKey, in won: the sum of payment's ledger. */
  readonly booked: ReadonlyMap<string, number>;
  readonly losses: Losses;
};

export async function readBooks(stack: StormStack): Promise<Books> {
  const { order, payment } = stack.pools;
  return {
    toss: await listToss(stack.sandboxUrl),
    orders: byId(
      await steadily(
        () => order<OrderRow[]>`
          select id, status, customer_name as name, customer_email as email, amount_krw::int as amount,
            refunded_amount_krw::int as refunded, items, payment as snapshot, k.key
          from orders o
          left join (select aggregate_id, min(key) as key from idempotency_keys group by 1) k on k.aggregate_id = o.id`,
      ),
    ),
    payments: byId(
      await steadily(
        () => payment<PaymentRow[]>`
          select id, status, amount_krw::int as amount, kept, attempts, refunds from payments`,
      ),
    ),
    orphans: byId(
      await steadily(
        () => order<OrphanRow[]>`
          select order_id as id, (payment->>'balanceAmount')::int as held,
            (payment->>'refundAccountNeeded')::boolean as "waitsForAccount" from orphaned_payments`,
      ),
    ),
    booked: new Map(
      (
        await steadily(
          () => payment<{ key: string; sum: number }[]>`
            select payment_key as key, sum(amount_krw)::int as sum from ledger_entries group by 1`,
        )
      ).map(({ key, sum: amount }) => [key, amount]),
    ),
    losses: stack.losses,
  };
}

/** Compares Toss, both databases and all responses. Run it when everything has settled. */
export async function auditBooks(
  stack: StormStack,
  books: Books,
  ledger: Ledger,
): Promise<Violation[]> {
  const { blame, violations } = openBlame();
  auditMoney(books, ledger, blame);
  auditPlaced(books, ledger, blame);
  auditPromises(books, ledger, blame);
  auditRefunds(books, ledger, blame);
  auditAccounts(books, ledger, blame);
  const transactions = await listTransactions(stack.sandboxUrl);
  const amounts = (orderId: string) =>
    books.orders.get(orderId)?.amount ?? books.losses.orders.get(orderId) ?? 0;
  auditHoldings(transactions, amounts, blame);
  return [...ledger.lies.violations(), ...violations()];
}

/** Each order shows the amount that Toss holds for it, and no order was charged twice. */
export function auditMoney(books: Books, ledger: Ledger, blame: Blame): void {
  const { toss, orders, payments, booked, losses } = books;
  const tossByOrder = Map.groupBy(toss, (row) => row.orderId);
  for (const { orderId, paymentKey, heldAmount, approvals } of toss) {
    if (payments.has(orderId) && (booked.get(paymentKey) ?? 0) !== heldAmount)
      blame("money: the ledger's sum differs from the amount that Toss holds", orderId);
    if (approvals > 1) blame("doubled: a payment was approved twice", orderId);
    if (approvals > 0 && !orders.has(orderId) && !losses.orders.has(orderId))
      blame("lost: Toss approved a payment for an order that does not exist", orderId);
  }
  for (const orderId of losses.orders.keys()) {
    const rows = tossByOrder.get(orderId) ?? [];
    if (rows.filter((row) => row.heldAmount > 0).length > 1)
      blame("doubled: more than one approval is kept", orderId);
    const held = sum(rows.map((row) => row.heldAmount));
    const reported = books.orphans.get(orderId);
    if (held !== (reported?.held ?? 0) && !reported?.waitsForAccount)
      blame("lost: money without an order is not reported", orderId);
  }
  for (const order of orders.values()) {
    const rows = tossByOrder.get(order.id) ?? [];
    if (rows.filter((row) => row.heldAmount > 0).length > 1)
      blame("doubled: more than one approval is kept", order.id);
    if (sum(rows.map((row) => row.heldAmount)) !== shownOf(order))
      blame("money: the order's amount differs from the amount that Toss holds", order.id);
    const payment = payments.get(order.id);
    if (shownStatus(order.snapshot?.status) !== shownStatus(payment?.status))
      blame("torn: order and payment have different statuses", order.id);
    if (payment !== undefined && payment.amount !== order.amount)
      blame("torn: order and payment have different amounts", order.id);
    const done = losses.payments.has(order.id)
      ? refundsAtToss(books, ledger, order.id)
      : (payment?.refunds ?? []).filter(({ status }) => status === "DONE");
    const requested = sum(done.map((refund) => refund.amount)) + (ledger.byHand.get(order.id) ?? 0);
    if (order.refunded > 0 && requested !== order.refunded)
      blame("doubled: the refunded amount differs from the requested amount", order.id);
  }
}

/** The requested refunds of an order whose mark is in a cancel at Toss. */
export function refundsAtToss({ toss }: Books, ledger: Ledger, orderId: string) {
  const reasons = toss
    .filter((row) => row.orderId === orderId)
    .flatMap(({ refunds }) => refunds.map(({ reason }) => reason));
  return [...ledger.refundsRequested].flatMap(([key, refund]) =>
    refund.orderId === orderId && reasons.some((reason) => reason.endsWith(`(${markOf(key)})`))
      ? [{ key, amount: refund.amount }]
      : [],
  );
}

/** At Toss each requested refund was made at most once, with its amount, even if a restore lost its row. */
function auditRefunds({ toss }: Books, ledger: Ledger, blame: Blame): void {
  const byOrder = Map.groupBy(toss, (row) => row.orderId);
  for (const [key, { orderId, amount }] of ledger.refundsRequested) {
    const made = (byOrder.get(orderId) ?? [])
      .flatMap(({ refunds }) => refunds)
      .filter(({ reason }) => reason.endsWith(`(${markOf(key)})`));
    if (made.length > 1) blame("doubled: one refund was made twice at Toss", orderId);
    if (made.some((refund) => refund.amount !== amount))
      blame("money: a refund's amount at Toss differs from the requested amount", orderId);
    if (made.length > 0 && ledger.refusedRefunds.has(key))
      blame("response: a refund was reported as rejected, but Toss made it", orderId);
  }
}

/** Each Idempotency-Key has one order, with the requested content. */
function auditPlaced(books: Books, ledger: Ledger, blame: Blame): void {
  const { orders, losses } = books;
  for (const [key, placing] of ledger.placings) {
    const { orderIds } = placing;
    // a repeated request whose order was lost creates a new order
    if (orderIds.difference(losses.orders).size > 1)
      blame("doubled: responses to one Idempotency-Key named several orders", key);
  }
  const byKey = Map.groupBy(orders.values(), (order) => order.key);
  for (const [key, [order, ...others]] of byKey) {
    if (order === undefined) continue;
    const placing = ledger.placings.get(key ?? "");
    if (placing === undefined) {
      blame("doubled: an order without a request", order.id);
      continue;
    }
    for (const { id } of others) blame("doubled: one Idempotency-Key has several orders", id);
    const { items, customerName, customerEmail } = placing;
    const lines = order.items.map(({ productId, quantity }) => ({ productId, quantity }));
    if (JSON.stringify(lines) !== JSON.stringify(items))
      blame("lost: an order's items differ from the requested items", order.id);
    const price = sum(order.items.map((line) => line.unitPrice * line.quantity));
    if (price !== order.amount)
      blame("money: an order's amount differs from the sum of its items", order.id);
    if (placing.amount !== 0 && placing.amount !== order.amount)
      blame("money: an order's amount differs from its response", order.id);
    if (order.name !== customerName || order.email !== customerEmail)
      blame("lost: an order's customer differs from the requested customer", order.id);
  }
}

/** All responses were true. */
function auditPromises(books: Books, ledger: Ledger, blame: Blame): void {
  const { toss, orders, payments, losses } = books;
  for (const orderId of acknowledged(ledger)) {
    if (!orders.has(orderId) && !losses.orders.has(orderId))
      blame("lost: an acknowledged order does not exist", orderId);
  }
  for (const orderId of ledger.paid) {
    const isTaken = losses.orders.has(orderId)
      ? toss.some((row) => row.orderId === orderId && row.approvals > 0)
      : isPaid(orders.get(orderId));
    if (!isTaken && !ledger.takenBack.has(orderId))
      blame("response: reported as paid, but is not", orderId);
  }
  for (const { paymentKey, orderId, approvals } of toss) {
    if (approvals > 0 && ledger.declined.has(paymentKey))
      blame("response: reported as not charged, but was", orderId);
  }
  for (const orderId of ledger.canceled) {
    const is = losses.orders.has(orderId)
      ? payments.get(orderId)?.status
      : orders.get(orderId)?.status;
    if (is !== "CANCELED") blame("response: reported as cancelled, but is not", orderId);
  }
  for (const [key, { orderId }] of ledger.refunded) {
    const { refunds = [], attempts = [] } = payments.get(orderId) ?? {};
    const refund = refunds.find((each) => each.key === key);
    // without a refund row, the request provided the account for a late deposit
    const isDone = refund
      ? refund.status === "DONE"
      : attempts.some((attempt) => attempt.status === "VOIDED") ||
        (losses.payments.has(orderId) &&
          refundsAtToss(books, ledger, orderId).some((at) => at.key === key));
    if (!isDone) blame("response: reported as refunded, but is not", orderId);
  }
  for (const [key, orderId] of ledger.refusedRefunds) {
    const refund = payments.get(orderId)?.refunds.find((each) => each.key === key);
    if (refund?.status === "DONE")
      blame("response: a refund was reported as rejected, but is made", orderId);
  }
}

/** A deposit was returned to an account that was provided for this order; a card payment to no account. */
function auditAccounts({ toss }: Books, ledger: Ledger, blame: Blame): void {
  for (const { orderId, method, approvals, refunds } of toss) {
    const named = (ledger.accounts.get(orderId) ?? []).map(textOf);
    for (const { account } of refunds) {
      if (account === null) {
        if (method === "VIRTUAL_ACCOUNT" && approvals > 0)
          blame("money: a deposit was returned without an account", orderId);
      } else if (method !== "VIRTUAL_ACCOUNT")
        blame("money: a card payment was returned to an account", orderId);
      else if (!named.includes(textOf(account)))
        blame("money: a refund went to an account that was not provided", orderId);
    }
  }
}

/** IN_PROGRESS counts as READY: orders do not show open attempts. */
function shownStatus(status = "READY"): string {
  return status === "IN_PROGRESS" ? "READY" : status;
}

function textOf({ bank, accountNumber, holderName }: RefundAccount): string {
  return `${bank} ${accountNumber} ${holderName}`;
}

export function moneyFigures({ toss, orders, payments }: Books) {
  const isVoided = ({ orderId, paymentKey, approvals, heldAmount }: TossRow) =>
    approvals > 0 && heldAmount === 0 && payments.get(orderId)?.kept?.paymentKey !== paymentKey;
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

/** The amount that Toss should hold by the order: paid minus refunded, or a late deposit that waits for an account. */
function shownOf({ status, amount, refunded, snapshot }: OrderRow): number {
  if (snapshot?.refundAccountNeeded) return amount;
  return isPaid({ status }) ? amount - refunded : 0;
}

export function isPaid(order: { readonly status: string } | undefined) {
  return ["CONFIRMED", "PARTIALLY_REFUNDED", "REFUNDED"].includes(order?.status ?? "");
}

function byId<Row extends { id: string }>(rows: postgres.RowList<Row[]>): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [row.id, row]));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** All pages of the sandbox's payment list. */
export async function listToss(sandboxUrl: string): Promise<TossRow[]> {
  const rows: TossRow[] = [];
  for (let after: number | null = 0; after !== null;) {
    const response: Response = await fetch(`${sandboxUrl}/_sandbox/payments?after=${after}`);
    const page = (await response.json()) as {
      payments: TossRow[];
      next: number | null;
    };
    rows.push(...page.payments);
    after = page.next;
  }
  return rows;
}
