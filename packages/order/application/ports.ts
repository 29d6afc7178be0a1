import type {
  CallAnswer,
  CallBody,
  Change,
  KnownPayment,
  OrderEvent,
  OrderFacts,
  PaymentCall,
  Product,
} from "@payflow/shared";
import type { Order } from "../domain/order.ts";
import type { TailLength } from "./tail_length.ts";

/** An idempotency key as its caller sent it, with the hash of the request that it stands for. */
export type Claim = { readonly scope: string; readonly key: string; readonly requestHash: string };

type Message = { readonly id: string; readonly topic: string };

/** What is recorded with a change: the use case, more about it, and the message that it answers. */
export type Recorded = {
  readonly cause: string;
  readonly detail?: unknown;
  readonly message?: Message | undefined;
};

export type OrderRepository = {
  /** A new order would wait for too long to be written, and is better refused. */
  isLate(): boolean;
  find(orderId: string): Promise<Order | undefined>;
  /**
   * Writes a decision in one statement: order, events, consumed message, claimed idempotency key. A new order is stale
   * when its key is claimed, or its number or its reference taken.
   */
  save(
    change: Change<Order, OrderEvent>,
    options: Recorded & { readonly claim?: Claim | undefined },
  ): Promise<"saved" | "stale" | "handled">;
  /** By what no two orders have the same. */
  findBy(name: "orderNumber" | "merchantReference", value: string): Promise<Order | undefined>;
  /** Remembers that a message has been handled and changed nothing. */
  take(message: Message): Promise<void>;
  findClaim(
    claim: Claim,
  ): Promise<{ readonly requestHash: string; readonly order: Order } | undefined>;
};

export type RefundCommand = Omit<CallBody<"refund">, keyof FromOrder>;

/** What order sends along, so that payment can rebuild a row that it lost. */
export type FromOrder = { readonly facts: OrderFacts; readonly known: KnownPayment };

type Page = { readonly afterId: string; readonly limit: number };
/** A place in the order of changes (time, then order id). */
export type ChangesPage = Page & { readonly since: string };

type FollowedOrder = Order & { readonly changedAt: string };

/** What is read of orders, but for one order by its id. */
export type OrderQueries = {
  /** A browser's own orders: those of its session and those that it was let in to, newest first, at most 50. */
  listOwnOrders(by: { sessionId: string; orderIds: readonly string[] }): Promise<readonly Order[]>;
  /** Orders that wait for their payment for longer than `minAgeMs`, by id. */
  listUnsettled(page: Page & { minAgeMs: number }): Promise<readonly Order[]>;
  /** Orders that follow a payment in the order of its newest change, behind a place in that order. */
  listFollowed(page: ChangesPage): Promise<readonly FollowedOrder[]>;
  /** The last of them up to a place, newest first. */
  listFollowedBefore(page: { until: string; limit: number }): Promise<readonly FollowedOrder[]>;
  listRefundRequested(page: Page): Promise<readonly Order[]>;
  /** Orders that still name this customer, whatever the letters' case, by id. */
  listByEmail(page: Page & { email: string }): Promise<readonly Order[]>;
  /** Orders whose customer's name has been kept for as long as it may be. */
  listToErase(due: { unpaidDays: number; limit: number }): Promise<readonly Order[]>;
};

/** The payment service. Every call throws AppError `payment_unavailable` when it can't be reached in time. */
export type PaymentService = {
  [Name in PaymentCall]: (body: CallBody<Name>) => Promise<CallAnswer<Name>>;
} & {
  /** Hands one of Toss's webhooks on as it came; the status is that of payment's response. */
  forwardWebhook(webhook: { readonly body: string; readonly headers: Headers }): Promise<number>;
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

/** How far a sweep has come, for all replicas together and beyond a restart. */
export type SweepProgress = {
  read(): Promise<string | undefined>;
  advance(doneUntil: string): Promise<void>;
  /** Back to an earlier place, since payment has lost what it had there. */
  goBack(doneUntil: string): Promise<void>;
};
