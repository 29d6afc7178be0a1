// Orders for operators, with the customer's name. Only reads.
import {
  listed,
  shown,
  UsageError,
  wholeNumber,
  type Output,
  type ReadWords,
} from "@payflow/local-stack";
import { listHistory } from "@payflow/outbox";
import { csvLine, csvMark } from "@payflow/back-office";
import type { ListedOrder as FoundOrder, OrderSelection, OrderTerm } from "@payflow/back-office";
import { findOrder, postgresOrderSearch } from "@payflow/order/operate";
import { listLedger } from "@payflow/ledger";
import { findPayment, nextAtOf } from "@payflow/payment/operate";
import { inOrder, koreanTimeOf } from "@payflow/shared";
import { idInDatabase, orderNotFound } from "./order_word.ts";
import { withPlaces, type Places } from "./places.ts";
import { timeOption } from "./time_option.ts";

type Row = Readonly<Record<string, unknown>>;

/** A row as it is shown: erased fields are null. */
function orderRow(order: Omit<FoundOrder, "method">) {
  const { orderId, orderNumber, merchantReference, status, orderName } = order;
  const { amount, refundedAmount, createdAt, confirmedAt } = order;
  return {
    orderId,
    orderNumber,
    merchantReference,
    status,
    orderName,
    amount,
    refundedAmount,
    customerName: order.customerName || null,
    customerEmail: order.customerEmail || null,
    createdAt,
    confirmedAt,
  };
}
export type ListedOrder = ReturnType<typeof orderRow>;

/** Pages of the orders of a selection, newest first. */
async function* pagesOf(
  { databases }: Places,
  selection: OrderSelection,
  limit = pageMax,
): AsyncIterable<ListedOrder[]> {
  const { searchOrders } = postgresOrderSearch(databases.order);
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: Awaited<ReturnType<typeof searchOrders>> = await searchOrders(selection, {
      cursor,
      limit,
    });
    yield page.rows.map(orderRow);
    cursor = page.next;
  }
}

/** Lists the orders of a filter, newest first. */
export const listOrders = withPlaces(async ({ values }, places) => {
  const limit = wholeNumber("limit", values["limit"] ?? "", { max: 10_000 });
  const rows: ListedOrder[] = [];
  for await (const page of pagesOf(places, selectionOf(values), Math.min(limit, pageMax))) {
    rows.push(...page);
    if (rows.length >= limit) break;
  }
  return listed(rows.slice(0, limit), "No such order.");
});

/** Exports all orders of a filter, page by page, as CSV or JSON lines. */
export const exportOrders = withPlaces(async ({ values, flags }, places, io) => {
  if (flags["csv"] && flags["jsonl"]) throw new UsageError("--csv and --jsonl exclude each other");
  const pages = pagesOf(places, selectionOf(values));
  if (!flags["jsonl"]) await io.print(csvMark + csvLine(Object.values(heads)));
  const write = flags["jsonl"]
    ? (order: ListedOrder) => `${JSON.stringify(order)}\n`
    : (order: ListedOrder) => csvLine(cells(order));
  for await (const page of pages) if (page.length > 0) await io.print(page.map(write).join(""));
});

const pageMax = 2_000;

const heads: Readonly<Record<keyof ListedOrder, string>> = {
  orderNumber: "주문번호",
  orderId: "주문 ID",
  merchantReference: "쇼핑몰 주문번호",
  createdAt: "주문일시",
  status: "상태",
  orderName: "주문명",
  amount: "금액",
  refundedAmount: "환불액",
  customerName: "이름",
  customerEmail: "이메일",
  confirmedAt: "결제일시",
};

const cells = (order: ListedOrder) =>
  Object.keys(heads).map((name) => {
    const value = order[name as keyof ListedOrder];
    return name.endsWith("At") && typeof value === "string" ? koreanTimeOf(value) : value;
  });

function selectionOf({ status, since, email, reference }: ReadWords["values"]): OrderSelection {
  const terms: OrderTerm[] = [];
  if (reference !== undefined) terms.push({ kind: "reference", text: reference });
  if (email?.includes("@") === false) throw new UsageError(`"${email}" is not an e-mail address`);
  if (email !== undefined) terms.push({ kind: "email", text: email });
  const [first, ...allOf] = terms;
  return {
    status: status as OrderSelection["status"],
    since: since === undefined ? undefined : Date.parse(timeOption("since", since)),
    anyOf: first && [first],
    allOf,
  };
}

/** Shows an order with its payment, money and history in both services. */
export const showOrder = withPlaces(async ({ words: [word = ""] }, places) => {
  const { order: orders, payment: payments } = places.databases;
  const orderId = await idInDatabase(word, orders);
  const [order, payment, ledger, own, theirs] = await Promise.all([
    findOrder(orders, orderId),
    findPayment(payments, orderId),
    listLedger(payments, orderId, ledgerMax),
    listHistory(orders, orderId),
    listHistory(payments, orderId),
  ]);
  const found = {
    order: order ? shownOrder(order) : null,
    payment: payment ? shownPayment(payment) : null,
    ledger: ledger.map(ledgerRow),
    history: inOrder(
      own.map((entry) => ({ part: "order", ...entry })),
      theirs.map((entry) => ({ part: "payment", ...entry })),
    ),
  };
  if (found.order === null && found.payment === null) orderNotFound(orderId);
  return { json: found, text: asText(found) };
});

/** More movements than an order has. */
const ledgerMax = 10_000;

const ledgerRow = ({ card, ...row }: Awaited<ReturnType<typeof listLedger>>[number]) => {
  const { occurredAt, kind, amount, taxFree, method, transactionKey, paymentKey, receiptUrl } = row;
  const { number: cardNumber = null, approvalNumber = null } = card ?? {};
  const movement = { occurredAt, kind, amount, taxFree, method, cardNumber, approvalNumber };
  return { ...movement, transactionKey, paymentKey, receiptUrl };
};

const shownOrder = (order: NonNullable<Awaited<ReturnType<typeof findOrder>>>) => {
  const { items, metadata, returnUrl, expiresAt, version } = order;
  return { ...orderRow(order), items, metadata, returnUrl, expiresAt, version };
};

const shownPayment = (payment: NonNullable<Awaited<ReturnType<typeof findPayment>>>) => {
  const { status, version, kept, attempts, refunds, failure } = payment;
  const heldAmount = kept?.balanceAmount ?? null;
  return {
    status,
    version,
    heldAmount,
    refundLimits: kept?.refundLimits ?? null,
    cashReceipt: kept?.cashReceipt ?? null,
    isEscrow: kept?.isEscrow ?? false,
    attempts,
    refunds,
    failure,
    nextQueryAt: nextAtOf(payment),
  };
};

type Found = {
  readonly order: Row | null;
  readonly payment: Row | null;
  readonly ledger: readonly Row[];
  readonly history: readonly (Row & {
    readonly events: readonly { readonly eventType: string }[];
  })[];
};

function asText({ order, payment, ledger, history }: Found): string {
  const { items, metadata = {}, ...plain } = order ?? {};
  const lines = (items ?? []) as readonly { name: string; quantity: number; unitPrice: number }[];
  const { attempts = [], refunds = [], ...paid } = payment ?? {};
  const kept = ledger.reduce((sum, { amount }) => sum + Number(amount), 0);
  const timeline = history.map(({ at, part, status, cause, actor, reason, events, detail }) => ({
    at,
    part,
    status,
    cause,
    actor,
    reason,
    events: events.map(({ eventType }) => eventType).join(", ") || null,
    detail: detail == null ? null : JSON.stringify(detail).slice(0, 120),
  }));
  return [
    ["Order", order ? shown(plain) : none("Not found in order's database.")],
    ...(lines.length > 0 ? ([["Items", listed(lines)]] as const) : []),
    ...(Object.keys(metadata as Row).length > 0
      ? ([["Metadata", shown(metadata as Row)]] as const)
      : []),
    ["Payment", payment ? shown(paid) : none("No payment was attempted.")],
    ...(payment ? ([["Payment attempts", listed(triesOf(attempts))]] as const) : []),
    ...(payment ? ([["Refunds", listed(refundsOf(refunds))]] as const) : []),
    [`Money (kept: ₩${kept.toLocaleString("en-US")})`, listed(ledger, "No movements.")],
    ["History", listed(timeline)],
  ]
    .map(([title, output]) => `${title as string}\n${(output as Output).text}`)
    .join("\n\n");
}

const none = (text: string): Output => ({ json: null, text });

const triesOf = (attempts: unknown) =>
  (attempts as Row[]).map(({ paymentKey, status, checks, nextAt, failure }) => {
    const { code = null } = (failure ?? {}) as { code?: string };
    return { paymentKey, status, queries: checks, nextQueryAt: nextAt, lastResponse: code };
  });

const refundsOf = (refunds: unknown) =>
  (refunds as Row[]).map(({ key, amount, taxFreeAmount, status, reason }) => ({
    key,
    amount,
    taxFree: taxFreeAmount,
    status,
    reason,
  }));
