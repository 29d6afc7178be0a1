import type { AdminOrder, AdminOrders, OrderRow } from "@payflow/ui";
import { withReason } from "@payflow/outbox";
import {
  exportOrders,
  forOperators,
  readWithin,
  masked,
  Reason,
  requireOperator,
  selectionOf,
  type OperatorOf,
} from "@payflow/console";
import { isUuid } from "@payflow/database";
import { AppError, inOrder, invalidField } from "@payflow/shared";
import type { ListedOrder, PaymentDetails } from "@payflow/back-office";
import { IdempotencyKey, parseInput } from "@payflow/shared/http";
import { cancelOrder } from "../application/cancel_order.ts";
import { loadOrder } from "../application/decide.ts";
import { eraseOrder } from "../application/erase_customers.ts";
import { followed } from "../application/apply_payment.ts";
import { provideRefundAccount } from "../application/refund_order.ts";
import { declineRefundRequest, grantRefundRequest } from "../application/request_refund.ts";
import { Order } from "../domain/order.ts";
import type { ApiDeps } from "./api_route.ts";
import { DeclineRefund, GrantRefund, Refund, RefundAccount } from "./api_schemas.ts";
import { refund } from "./payment_routes.ts";
import { orderTimeline } from "./order_timeline.ts";

const pageMax = 50;
/** How long an order's page waits for payment's data; later data is left out. */
const waitMs = 3_000;

export function adminOrders(deps: ApiDeps & { readonly operator: OperatorOf }): AdminOrders {
  const { search, operate, operator } = deps;
  const may = forOperators(operator);
  const findByKey = async (part: string) => (await operate("search", { part })).orderIds;

  return {
    listOrders: may("read", async (filter, after) => {
      if (after !== undefined && !isUuid(after))
        throw invalidField("after", "is no place in this list");
      const { selection, missed } = await selectionOf(filter, findByKey);
      const page = await search.searchOrders(selection, { cursor: after, limit: pageMax });
      // no result is not conclusive: the search by paymentKey failed
      if (missed !== undefined && page.rows.length === 0 && page.next === null) throw missed;
      return { rows: page.rows.map(orderRow), next: page.next };
    }),
    sumOrders: may("read", async (filter) =>
      search.sumOrders((await selectionOf(filter, findByKey)).selection),
    ),
    async *exportOrders(filter, language) {
      const { role } = requireOperator(operator, "read");
      const { selection, missed } = await selectionOf(filter, findByKey);
      // an export must not silently lack rows
      if (missed !== undefined) throw missed;
      const { q: _, ...shown } = filter;
      yield* exportOrders(selection, { filter: shown, language, role }, deps);
    },
    findOrder: may("read", async (orderId) => {
      const order = await deps.orders.find(orderId);
      if (order === undefined) return undefined;
      const [own, theirs, details] = await Promise.all([
        deps.listHistory(orderId),
        readWithin(deps.payments.history({ orderId }), waitMs),
        readWithin(operate("details", { orderId }), waitMs),
      ]);
      const history = inOrder(own, theirs?.history ?? []);
      const timeline = orderTimeline(order, theirs?.history ?? own);
      return { ...adminOrder(order, details, deps.now()), timeline, history };
    }),
    refund: may("operate", async ({ orderId, key: given, ...form }) => {
      const input = parseInput(Refund, form);
      // prefixed, so that a key of the API never names the same refund
      const key = `console:${parseInput(IdempotencyKey, given)}`;
      await refund({ orderId, key }, input, deps);
    }),
    cancelOrder: may("operate", async (orderId, reason) => {
      await withReason(parseInput(Reason, reason), () => cancelOrder({ orderId }, deps));
    }),
    dismiss: may("operate", async (orderId, reason) => {
      await withReason(parseInput(Reason, reason), () => operate("dismiss", { orderId }));
    }),
    grantRefund: may("operate", async ({ orderId, ...form }) => {
      const input = parseInput(GrantRefund, form);
      await withReason(input.answer, () => grantRefundRequest({ orderId, ...input }, deps));
    }),
    declineRefund: may("operate", async (orderId, given) => {
      const { answer } = parseInput(DeclineRefund, { answer: given });
      await withReason(answer, () => declineRefundRequest({ orderId, answer }, deps));
    }),
    provideRefundAccount: may("operate", async ({ orderId, ...given }) => {
      await provideRefundAccount({ orderId, account: parseInput(RefundAccount, given) }, deps);
    }),
    queryToss: may("operate", async (orderId) => {
      const order = await loadOrder(orderId, deps);
      const { isChanged, ...answer } = await operate("query-now", { orderId });
      await followed(answer, { cause: "queryToss", order }, deps);
      return { isChanged, isOpen: answer.isOpen };
    }),
    orderLink: may("operate", async (orderId) => deps.links.urlOf(await loadOrder(orderId, deps))),
    erase: may("admin", async (orderId, reason) => {
      const until = await withReason(parseInput(Reason, reason), () => eraseOrder(orderId, deps));
      const text = `Order "${orderId}" is kept by law until ${until}`;
      if (until !== null) throw new AppError("conflict", "order_kept_by_law", text);
    }),
  };
}

/** What an operator may have resolved outside PayFlow. */
const dismissed: ReadonlySet<string> = new Set(["payout_failed", "paid_twice", "unrecovered"]);

function orderRow(order: ListedOrder): OrderRow {
  const { confirmedAt: _, customerName: __, customerEmail: ___, ...row } = order;
  return { ...row, customer: masked(order) };
}

function adminOrder(
  order: Order,
  details: PaymentDetails | undefined,
  now: string,
): Omit<AdminOrder, "timeline" | "history"> {
  const { version: _, sessionId, currency, payment: followedPayment, ...shown } = order;
  const payment = details?.payment ?? followedPayment;
  const { paymentKeys = [], taxFreeBalance = 0 } = details?.payment ?? {};
  const isPaid = payment?.status === "DONE" || payment?.status === "PARTIAL_CANCELED";
  // Toss refuses refunds from then on
  const until = payment?.refundLimits?.until ?? null;
  const isWaiting = order.status === "PENDING" || order.status === "AWAITING_DEPOSIT";
  return {
    ...shown,
    payment,
    money: details && { ...details, paymentKeys },
    actions: {
      canRefund: isPaid && payment.balanceAmount > 0 && (until === null || now < until),
      refundable: isPaid ? payment.balanceAmount : 0,
      refundableTaxFree: isPaid ? taxFreeBalance : 0,
      needsRefundAccount: payment?.refundAccountNeeded ?? false,
      canCancel: isWaiting,
      canDismiss: details?.openEnds.some(({ kind }) => dismissed.has(kind)) ?? false,
      canQueryToss: paymentKeys.length > 0,
      canErase: order.customerEmail !== "" && Order.keptUntil(order, now) === null,
    },
  };
}
