import type { CallAnswer, CallBody, FromOrder, PaymentCall } from "@payflow/shared";
import type { OrderEvent, Product, Store } from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import type { TailLength } from "./tail_length.ts";

/** An idempotency key as its caller sent it, with the hash of the request that it stands for. */
export type Claim = { readonly scope: string; readonly key: string; readonly requestHash: string };

/** A new order is stale when its key is claimed already, or its number or reference is taken. */
export type OrderRepository = Store<Order, OrderEvent, { readonly claim?: Claim | undefined }> & {
  /** True while the queue of writes is so long that new orders should be refused. */
  isLate(): boolean;
  /** By a unique column. */
  findBy(name: "orderNumber" | "merchantReference", value: string): Promise<Order | undefined>;
  findClaim(
    claim: Claim,
  ): Promise<{ readonly requestHash: string; readonly order: Order } | undefined>;
};

export type RefundCommand = Omit<CallBody<"refund">, keyof FromOrder>;

type Page = { readonly afterId: string; readonly limit: number };
/** A cursor in the order of changes (time, then order id). */
export type ChangesPage = Page & { readonly since: string };

type FollowedOrder = Order & { readonly changedAt: string };

/** Queries of orders, except the look-up of one order by its id. */
export type OrderQueries = {
  /** A browser's orders: those of its session and those that it has access to by link; newest first, at most 50. */
  listOwnOrders(by: { sessionId: string; orderIds: readonly string[] }): Promise<readonly Order[]>;
  /** Orders older than `minAgeMs` that still wait for their payment, sorted by id. */
  listUnsettled(page: Page & { minAgeMs: number }): Promise<readonly Order[]>;
  /** Orders with a payment snapshot, sorted by the time at which it was applied, after a cursor. */
  listFollowed(page: ChangesPage): Promise<readonly FollowedOrder[]>;
  /** The last of these orders up to a time, newest first. */
  listFollowedBefore(page: { until: string; limit: number }): Promise<readonly FollowedOrder[]>;
  listRefundRequested(page: Page): Promise<readonly Order[]>;
  /** Orders with this e-mail address, compared case-insensitively; sorted by id. */
  listByEmail(page: Page & { email: string }): Promise<readonly Order[]>;
  /** Orders whose customer data is past its retention time. */
  listToErase(due: { unpaidDays: number; limit: number }): Promise<readonly Order[]>;
};

/** The payment service. Every call throws AppError `payment_unavailable` when it can't be reached in time. */
export type PaymentService = {
  [Name in PaymentCall]: (body: CallBody<Name>) => Promise<CallAnswer<Name>>;
};

export type OrderDeps = {
  readonly orders: OrderRepository;
  readonly payments: PaymentService;
  readonly products: () => readonly Product[];
  /** The time on the database's clock. */
  readonly now: () => string;
  readonly newId: () => string;
  readonly tailLength: TailLength;
  readonly orderTtlMs: number;
  readonly faultPoint: (name: string) => void | Promise<void>;
};
