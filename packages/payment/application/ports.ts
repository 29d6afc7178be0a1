import type { Span, Transaction } from "@payflow/ledger/movements";
import type { Actor, Doubt } from "@payflow/shared";
import type { PaymentChange } from "../domain/change.ts";
import type { Answer, Finding } from "../domain/charge.ts";
import type { Attempt, Payment, Refund } from "../domain/payment.ts";
import type { Moment } from "../domain/psp.ts";
import type { PspReach } from "./psp_reach.ts";

/** A message that is handled; its decision is saved with it. */
export type Message = { readonly id: string; readonly topic: string };

/** What is recorded with a change. */
export type Why = {
  readonly cause: string;
  readonly detail?: unknown;
  /** When it is not the decision of whoever caused the work under way. */
  readonly actor?: Actor;
  readonly message?: Message | undefined;
};

export type PaymentRepository = {
  find(orderId: string): Promise<Payment | undefined>;
  findMany(orderIds: readonly string[]): Promise<readonly Payment[]>;
  /**
   * Writes a decision in one statement: the payment (only if nobody changed it since it was loaded), its events and,
   * for a consumed message, the fact that it took effect. stale: another version came first. handled: the message took
   * effect before.
   */
  save(
    change: PaymentChange,
    /** `follows`: the version that was loaded, when it is not the one before: a rebuilt payment leaves lost ones out. */
    why: Why & { readonly follows?: number },
  ): Promise<"saved" | "stale" | "handled">;
  /** Remembers that a message has been handled and changed nothing. */
  take(message: Message): Promise<void>;
  /** Writes what a query that brought nothing new moved; false when the payment was changed, or looked at, since it was loaded. */
  look(state: Payment): Promise<boolean>;
  /** Order ids of payments of which the PSP has yet to end something, in their order, behind one of them. */
  listOpen(page: { readonly afterId: string; readonly limit: number }): Promise<readonly string[]>;
  /** Payments that are due, kept from other replicas for `holdMs`. */
  claimDue(limit: number, holdMs: number): Promise<readonly Payment[]>;
};

/** The payment when its outcome is known, or as it is when the wait is over; what was begun goes on in any case. */
export type AwaitOutcome = (
  /** As it was stored; without an `outcome` when another call sends. */
  begun: { readonly payment: Payment; readonly outcome: Promise<Payment> | undefined },
  isSettled: (payment: Payment) => boolean,
) => Promise<Payment>;

/** The calls to the PSP. Those about one payment never throw: what is not known comes back as `unknown`. An `orderId` that may be missing is for the log. */
export type PaymentGateway = {
  confirm(
    request: Pick<Attempt, "paymentKey" | "idempotencyKey"> & Pick<Payment, "orderId" | "amount">,
  ): Promise<Answer>;
  /**
   * Cancels the amount, or all that the PSP holds by this paymentKey; the PSP refuses when it holds another
   * `refundableAmount`. The mark is found again in `ChargeCancel.mark`.
   */
  cancel(
    request: Pick<Attempt, "paymentKey"> &
      Pick<Refund, "reason" | "idempotencyKey"> &
      Partial<
        Pick<Refund, "mark" | "amount" | "taxFreeAmount" | "refundableAmount" | "account"> &
          Pick<Payment, "orderId">
      >,
  ): Promise<Answer>;
  find(paymentKey: string, orderId?: string): Promise<Finding>;
  /** The newest payment of an order; earlier ones show in the list of transactions only. */
  findByOrder(orderId: string): Promise<Finding>;
  /** What the PSP did in a span of time, oldest first. Throws when it gives no readable response. */
  listTransactions(span: Span): Promise<readonly Transaction[]>;
};

/** Whether the database has all that happened, which only the PSP can tell after it was restored. */
export type DatabaseProof = {
  /** False from when the server was restarted, failed over to or restored until the PSP's list was read to its end. */
  isProven(): Promise<boolean>;
  /** Names the present run of the server. */
  incarnation(): Promise<string>;
  prove(incarnation: string): Promise<void>;
  /** Keeps what the PSP lists of orders that have no payment here. */
  keepUnclaimed(transactions: readonly Transaction[]): Promise<void>;
  hasUnclaimed(orderId: string): Promise<boolean>;
};

export type PaymentDeps = {
  readonly payments: PaymentRepository;
  readonly gateway: PaymentGateway;
  readonly reach: Pick<PspReach, "mayClaim" | "isToWake" | "woke">;
  /** The moment of a decision, on the database's clock. */
  readonly moment: () => Moment;
  /** How a caller waits for the outcome of what it began. */
  readonly awaitOutcome: AwaitOutcome;
  /** Told of a confirm that the PSP refused for our keys or contract, so that an operator mends them. */
  readonly onMisconfigured: (payment: Payment, code: string) => void;
  readonly proof: DatabaseProof;
  /** True for an error that will pass by itself. */
  readonly isPassing: (error: unknown) => boolean;
  /** A payment could not be settled; it is due again. */
  readonly onFault: (payment: Pick<Payment, "orderId">, error: unknown) => void;
  /** A row that lacked what order or the PSP knew was rebuilt. */
  readonly onRebuilt: (found: Recovery) => void | Promise<void>;
  /**
   * Version `had` of a row can't be rebuilt, since the PSP does not show what order knows. False: it must be tried again,
   * because the row was changed meanwhile or the PSP's response may be stale. True: it needs manual review.
   */
  readonly needsReview: (found: Recovery & { readonly had: number }) => boolean | Promise<boolean>;
  /** Stops a test's process between two steps; does nothing otherwise. */
  readonly faultPoint: (name: string) => void | Promise<void>;
};

export type Recovery = { readonly orderId: string; readonly doubt: Doubt | "unproven" };

/** A webhook as it came. `id` is the same for repeated deliveries of one. */
export type Webhook = {
  readonly id: string;
  readonly eventType: string;
  readonly orderId: string | null;
  readonly paymentKey: string | null;
  /** The transactionKey of the last cancel that it shows. */
  readonly cancelKey: string | null;
  /** Whether it shows the payment as paid. */
  readonly showsPaid: boolean;
  /** Whether it proves to be the PSP's, by the secret of any of these attempts. */
  readonly isProven: (attempts: readonly Pick<Attempt, "secret">[]) => boolean;
  readonly body: string;
};
/** `orderId` is that of the payment which it was stored for; `tries` counts this one. */
export type DueWebhook = Pick<Webhook, "id" | "paymentKey" | "cancelKey" | "showsPaid"> & {
  readonly orderId: string;
  readonly tries: number;
};

export type WebhookRepository = {
  /**
   * Stores a webhook that is not there yet, an unknown one as handled. "full": the PSP has no need of so many about one
   * payment in an hour; or so many unknown ones are kept that nobody can fill the disk.
   */
  store(webhook: Webhook, isUnknown: boolean): Promise<"stored" | "full">;
  /** Unhandled webhooks, kept from other replicas for `holdMs`. */
  claimDue(limit: number, holdMs: number): Promise<readonly DueWebhook[]>;
  markHandled(ids: readonly string[]): Promise<void>;
  /** The payment that a webhook is about, if it is one of ours. */
  findPayment(about: Pick<Webhook, "orderId" | "paymentKey">): Promise<Payment | undefined>;
};

/** How far a sweep has come, for all replicas together and beyond a restart. */
export type SweepProgress = {
  read(): Promise<string | undefined>;
  advance(doneUntil: string): Promise<void>;
};
