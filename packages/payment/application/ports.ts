import type { Span, Transaction } from "@payflow/ledger/movements";
import type { Doubt, PaymentEvent, Store } from "@payflow/shared";
import type { Answer, Finding } from "../domain/charge.ts";
import type { Attempt, Payment, Refund } from "../domain/payment.ts";
import type { Moment } from "../domain/psp.ts";
import type { PspReach } from "./psp_reach.ts";

/** `follows`: the loaded version, if it is not the previous one: a rebuilt payment skips lost versions. */
export type PaymentRepository = Store<Payment, PaymentEvent, { readonly follows?: number }> & {
  findMany(orderIds: readonly string[]): Promise<readonly Payment[]>;
  /** Writes the schedule after a query that brought nothing new; false if the payment has changed since the load. */
  saveSchedule(state: Payment): Promise<boolean>;
  /** Order ids of payments with something open at the PSP, in ascending order after `afterId`. */
  listOpen(page: { readonly afterId: string; readonly limit: number }): Promise<readonly string[]>;
  /** Claims due payments: other replicas skip them for `holdMs`. */
  claimDue(limit: number, holdMs: number): Promise<readonly Payment[]>;
};

/** Waits a limited time for a payment's outcome, and returns the payment as it is. The call goes on anyway. */
export type AwaitOutcome = (
  /** The payment as stored; without an `outcome` when another request sends the call. */
  begun: { readonly payment: Payment; readonly outcome: Promise<Payment> | undefined },
  isSettled: (payment: Payment) => boolean,
) => Promise<Payment>;

/** The PSP's calls. Those about one payment never throw: an unclear outcome is `unknown`. `orderId?` is for the log. */
export type PaymentGateway = {
  confirm(
    request: Pick<Attempt, "paymentKey" | "idempotencyKey"> & Pick<Payment, "orderId" | "amount">,
  ): Promise<Answer>;
  /**
   * Cancels the amount, or everything that the PSP holds for this paymentKey. The PSP rejects the call if its balance
   * is not `refundableAmount`. The mark comes back in `ChargeCancel.mark`.
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
  /** The newest payment of an order; earlier ones appear only in the list of transactions. */
  findByOrder(orderId: string): Promise<Finding>;
  /** The PSP's transactions in a time span, oldest first. Throws without a readable response. */
  listTransactions(span: Span): Promise<readonly Transaction[]>;
};

/** Whether the database is complete. After a restore, only the PSP's list can prove that it is. */
export type DatabaseProof = {
  /** False after a restart, failover or restore of the server, until the PSP's list has been read to its end. */
  isProven(): Promise<boolean>;
  /** Identifies the current run of the database server. */
  incarnation(): Promise<string>;
  prove(incarnation: string): Promise<void>;
  /** Stores the PSP's transactions of orders that have no payment here. */
  keepUnclaimed(transactions: readonly Transaction[]): Promise<void>;
  hasUnclaimed(orderId: string): Promise<boolean>;
  /** A row that lacked changes known to order or the PSP was rebuilt. */
  onRebuilt(found: Recovery): void;
  /**
   * Version `had` of a row cannot be rebuilt, because the PSP does not show what order knows. False: retry, since the
   * row has changed meanwhile or the PSP's response may be stale. True: it needs manual review.
   */
  needsReview(found: Recovery & { readonly had: number }): Promise<boolean>;
};

export type PaymentDeps = {
  readonly payments: PaymentRepository;
  readonly gateway: PaymentGateway;
  readonly reach: Pick<PspReach, "mayClaim" | "isToWake" | "woke">;
  /** The moment of a decision, on the database's clock. */
  readonly moment: () => Moment;
  readonly awaitOutcome: AwaitOutcome;
  /** Reports a confirm that the PSP refused because of our keys or contract, so that an operator corrects them. */
  readonly onMisconfigured: (payment: Payment, code: string) => void;
  readonly proof: DatabaseProof;
  /** True for a transient error. */
  readonly isTemporary: (error: unknown) => boolean;
  /** A payment could not be settled; it is due again. */
  readonly onFault: (payment: Pick<Payment, "orderId">, error: unknown) => void;
  /** Stops a test's process between two steps; does nothing otherwise. */
  readonly faultPoint: (name: string) => void | Promise<void>;
};

export type Recovery = { readonly orderId: string; readonly doubt: Doubt | "unproven" };

/** A received webhook. Repeated deliveries have the same `id`. */
export type Webhook = {
  readonly id: string;
  readonly eventType: string;
  readonly orderId: string | null;
  readonly paymentKey: string | null;
  /** The transactionKey of the last cancel that it shows. */
  readonly cancelKey: string | null;
  /** Whether it shows the payment as paid. */
  readonly showsPaid: boolean;
  /** False for a deposit webhook without the secret of one of these attempts, unless it is not known yet. */
  readonly isProven: (attempts: readonly Pick<Attempt, "secret">[]) => boolean;
  readonly body: string;
};

export type DueWebhook = Pick<Webhook, "id" | "paymentKey" | "cancelKey" | "showsPaid"> & {
  readonly orderId: string;
  readonly tries: number;
};

export type WebhookRepository = {
  /**
   * Stores a webhook once, as handled unless it is "due". "full": too many about one payment within an hour, or too many
   * unknown ones, which must not fill the disk.
   */
  store(webhook: Webhook, standing: "due" | "known" | "unknown"): Promise<"stored" | "full">;
  /** Claims unhandled webhooks: other replicas skip them for `holdMs`. */
  claimDue(limit: number, holdMs: number): Promise<readonly DueWebhook[]>;
  markHandled(ids: readonly string[]): Promise<void>;
  /** The payment that a webhook is about, if it is one of ours. */
  findPayment(about: Pick<Webhook, "orderId" | "paymentKey">): Promise<Payment | undefined>;
};
