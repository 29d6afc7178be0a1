import { AppError, type OrderItem, type Product, sumWon } from "@payflow/shared";
import {
  type OrderPage,
  paymentMethods,
  type PlaceOrderInput,
  type UiDeps,
  type Viewer,
} from "../contract.ts";

import { newOrder, samplePaidWith, sampleRefundRequest, snapshotOf } from "./sample_order.ts";
import { sampleTimeline } from "./sample_timeline.ts";
import { sampleShop } from "./sample_shop.ts";

/** Result of the next confirms. */
export type ConfirmAnswer = "DONE" | "WAITING_FOR_DEPOSIT" | "IN_PROGRESS" | AppError;

/** A shop in memory with the pages' contract; a test can put its orders into any state. */
export type FakeShop = {
  readonly deps: UiDeps;
  readonly orders: ReadonlyMap<string, OrderPage>;
  /** Every paymentKey that was confirmed, in order. */
  readonly confirms: readonly string[];
  confirmAnswer: ConfirmAnswer;
  placeRefusal: AppError | undefined;
  cancelRefusal: AppError | undefined;
  /** Offset of the orders' clock from this process's clock. */
  clockAheadMs: number;
  /** While true, streams end because other requests need the connection. */
  streamsFull: boolean;
  /** Changes an order and notifies its watchers. */
  change(orderId: string, change: Partial<OrderPage>): OrderPage;
  /** Adds an order as if `sessionId` had placed it. */
  add(order: Partial<OrderPage>, sessionId?: string): OrderPage;
  viewer(sessionId: string, granted?: Set<string>): FakeViewer;
};

/** A viewer with the orders that links have opened to it. */
type FakeViewer = Viewer & { readonly granted: Set<string> };

export type FakeShopOptions = {
  readonly publicUrl?: string;
  readonly sdkUrl?: string;
  readonly clientKey?: string;
  readonly products?: readonly Product[];
  /** Names of products that are no longer sold, by id. */
  readonly formerNames?: Readonly<Record<string, string>>;
};

export function createFakeShop(options: FakeShopOptions = {}): FakeShop {
  const orders = new Map<string, OrderPage>();
  const owners = new Map<string, string>();
  const byKey = new Map<string, { orderId: string; input: string }>();
  const watchers = new Set<() => void>();
  const confirms: string[] = [];
  const products = options.products ?? sampleShop.products;

  const put = (order: OrderPage) => {
    orders.set(order.orderId, order);
    for (const wake of watchers) wake();
    return order;
  };
  const get = (orderId: string) => {
    const order = orders.get(orderId);
    if (!order) throw new AppError("not_found", "order_not_found", `No order "${orderId}"`);
    return order;
  };
  const quote: UiDeps["quote"] = (lines) => {
    const items = lines.map(({ productId, quantity }): OrderItem => {
      const product = products.find((p) => p.productId === productId);
      if (!product) throw new AppError("invalid", "unknown_product", `No product "${productId}"`);
      return { productId, name: product.name, unitPrice: product.unitPrice, quantity };
    });
    const rest = items.length > 1 ? ` 외 ${items.length - 1}건` : "";
    return {
      items,
      amount: sumWon(items.map((item) => item.unitPrice * item.quantity)),
      orderName: `${items[0]?.name ?? ""}${rest}`,
    };
  };

  const fake: FakeShop = {
    orders,
    confirms,
    confirmAnswer: "DONE",
    placeRefusal: undefined,
    cancelRefusal: undefined,
    clockAheadMs: 0,
    streamsFull: false,
    change: (orderId, change) => put({ ...get(orderId), ...change }),
    add(order, sessionId = "tester") {
      const added = put({
        ...newOrder(quote([{ productId: products[0]!.productId, quantity: 1 }])),
        ...order,
      });
      owners.set(added.orderId, sessionId);
      return added;
    },
    viewer: (sessionId, granted = new Set()) => ({
      beginSession: () => sessionId,
      granted,
      owns: ({ orderId }) => owners.get(orderId) === sessionId,
      sees: ({ orderId }) => owners.get(orderId) === sessionId || granted.has(orderId),
    }),
    deps: {
      shop: sampleShop,
      toss: {
        clientKey: options.clientKey ?? "test_ck_sandbox",
        sdkUrl: options.sdkUrl ?? "https://js.tosspayments.com/v2/standard",
      },
      paymentMethods,
      unpaidRetentionDays: 30,
      publicUrl: options.publicUrl ?? "http://localhost:8080",
      listProducts: () => products,
      formerName: (productId) => options.formerNames?.[productId],
      quote,
      async placeOrder(command) {
        if (fake.placeRefusal) throw fake.placeRefusal;
        const known = byKey.get(command.idempotencyKey);
        const input = inputText(command);
        if (known?.input === input) return get(known.orderId);
        if (known)
          throw new AppError(
            "invalid",
            "idempotency_key_reused",
            "The key belongs to another order",
          );
        const { customerName, customerEmail } = command;
        const order = fake.add(
          { ...newOrder(quote(command.items)), customerName, customerEmail },
          command.viewer.beginSession(),
        );
        byKey.set(command.idempotencyKey, { orderId: order.orderId, input });
        return order;
      },
      findOrder: async (orderId) => orders.get(orderId),
      listOrders: async (viewer) =>
        [...orders.values()].filter((order) => viewer.sees(order)).reverse(),
      async confirmPayment({ paymentKey, orderId, amount }) {
        confirms.push(paymentKey);
        const order = get(orderId);
        if (amount !== order.amount)
          throw new AppError("invalid", "amount_mismatch", "Another amount");
        const answer = fake.confirmAnswer;
        if (answer instanceof AppError) throw answer;
        const payment = snapshotOf(order, { status: answer });
        fake.change(orderId, { payment, ...statusAfter[answer] });
        return payment;
      },
      async cancelOrder(orderId) {
        if (fake.cancelRefusal) throw fake.cancelRefusal;
        return fake.change(orderId, { status: "CANCELED" });
      },
      async requestRefund({ orderId, kind, text }) {
        if (fake.cancelRefusal) throw fake.cancelRefusal;
        return fake.change(orderId, { refundRequest: sampleRefundRequest({ kind, text }) });
      },
      async withdrawRefundRequest(orderId) {
        const refundRequest = sampleRefundRequest({ status: "withdrawn" });
        return fake.change(orderId, { refundRequest });
      },
      async provideRefundAccount({ orderId }) {
        const { payment } = orders.get(orderId) ?? {};
        if (!payment) throw new Error(`No payment for ${orderId}`);
        return fake.change(orderId, { payment: { ...payment, refundAccountNeeded: false } });
      },
      listTimeline: async ({ orderId }) => sampleTimeline(get(orderId)),
      findPaidWith: async (orderId) => samplePaidWith(get(orderId)),
      async *watchOrder(orderId, _viewer, signal) {
        let last: OrderPage | undefined;
        while (!signal.aborted && !fake.streamsFull) {
          const now = orders.get(orderId);
          if (now && now !== last) yield (last = now);
          else await changed(watchers, signal);
        }
      },
      now: () => new Date(Date.now() + fake.clockAheadMs).toISOString(),
      orderToken: ({ orderId }) => `token-of-${orderId}`,
      async letInByEmail({ viewer, orderNumber, email }) {
        if (fake.cancelRefusal) throw fake.cancelRefusal;
        if (orders.get(orderNumber)?.customerEmail !== email) return undefined;
        (viewer as FakeViewer).granted.add(orderNumber);
        return orderNumber;
      },
      letIn({ viewer, orderId, token }) {
        if (token === `token-of-${orderId}`) (viewer as FakeViewer).granted.add(orderId);
      },
    },
  };
  return fake;
}

const statusAfter = {
  DONE: { status: "CONFIRMED", confirmedAt: "2026-11-22T03:04:05.000Z" },
  WAITING_FOR_DEPOSIT: { status: "AWAITING_DEPOSIT" },
  IN_PROGRESS: {},
} as const;

function inputText({ items, customerName, customerEmail }: PlaceOrderInput): string {
  return JSON.stringify([items, customerName, customerEmail]);
}

function changed(watchers: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      watchers.delete(wake);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    watchers.add(wake);
    signal.addEventListener("abort", wake);
  });
}
