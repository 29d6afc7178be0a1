import type { Doubt, PaymentEvent } from "@payflow/shared";
import type { Moment, Payment } from "../domain/payment.ts";
import type { RefundAccount } from "../domain/refund.ts";
import type { TossAnswer, TossFinding } from "../domain/toss_payment.ts";
import type { TossTransaction } from "../domain/toss_transaction.ts";
import type { TossReach } from "./toss_reach.ts";

/** saved: written. stale: another version came first. handled: the message took effect before. */
export type SaveResult = "saved" | "stale" | "handled";

export type PaymentRepository = {
  find(orderId: string): Promise<Payment | undefined>;
  /**
   * Writes a decision in one statement: the payment (only if nobody changed it since it was loaded), its events and,
   * for a consumed message, the fact that it took effect.
   */
  save(
    change: {
      readonly state: Payment;
      readonly events: readonly PaymentEvent[];
    },
    options: {
      /** The version that was loaded, when it is not the one before: a rebuilt payment leaves lost ones out. */
      readonly follows?: number;
      readonly cause: string;
      readonly detail?: unknown;
      readonly message?: { readonly id: string; readonly topic: string };
    },
  ): Promise<SaveResult>;
  /** Writes what a query that brought nothing new moved; false when the payment was changed, or looked at, since it was loaded. */
  look(state: Payment): Promise<boolean>;
  /** Order ids of payments of which Toss has yet to end something, in their order, behind one of them. */
  listOpen(page: { readonly afterId: string; readonly limit: number }): Promise<readonly string[]>;
  /** Order ids of payments that are due, kept from other replicas for `holdMs`. */
  claimDue(limit: number, holdMs: number): Promise<readonly string[]>;
};

/** Tells waiting calls of new versions of a payment, whichever replica saved them. */
export type PaymentWatch = {
  /** Resolves with the first version that `isSettled`, or with the newest known one when `withinMs` is over. */
  until(
    payment: Payment,
    isSettled: (payment: Payment) => boolean,
    withinMs: number,
  ): Promise<Payment>;
};

/** The calls to Toss. Those about one payment never throw: what is not known comes back as `unknown`. */
export type PaymentGateway = {
  confirm(request: {
    readonly paymentKey: string;
    readonly orderId: string;
    readonly amount: number;
    readonly idempotencyKey: string;
  }): Promise<TossAnswer>;
  /** Cancels the amount, or all that Toss holds by this paymentKey. */
  cancel(request: {
    readonly paymentKey: string;
    readonly reason: string;
    /** Found again in `TossCancel.mark`. */
    readonly mark?: string;
    readonly idempotencyKey: string;
    readonly amount?: number;
    /** What Toss must hold, or it refuses. */
    readonly refundableAmount?: number;
    readonly account?: RefundAccount | null;
  }): Promise<TossAnswer>;
  find(paymentKey: string): Promise<TossFinding>;
  /** The newest payment of an order; earlier ones show in the list of transactions only. */
  findByOrder(orderId: string): Promise<TossFinding>;
  /** What Toss did in a span of time, oldest first. Throws when Toss gives no readable answer. */
  listTransactions(span: {
    readonly from: string;
    readonly to: string;
  }): Promise<readonly TossTransaction[]>;
};

/** Whether the database has all that happened, which nobody but Toss can tell after it was put back. */
export type DatabaseProof = {
  /** False from when the server was restarted, failed over to or restored until Toss's list was read to its end. */
  isProven(): Promise<boolean>;
  /** Names the present run of the server. */
  incarnation(): Promise<string>;
  prove(incarnation: string): Promise<void>;
  /** Keeps what Toss lists of orders that have no payment here. */
  keepUnclaimed(transactions: readonly TossTransaction[]): Promise<void>;
  hasUnclaimed(orderId: string): Promise<boolean>;
};

export type PaymentDeps = {
  readonly payments: PaymentRepository;
  readonly gateway: PaymentGateway;
  readonly reach: TossReach;
  /** The moment of a decision, on the database's clock. */
  readonly moment: () => Moment;
  /** Told of a confirm that Toss refused for our keys or contract, so that somebody mends them. */
  readonly onMisconfigured: (orderId: string, code: string) => void;
  readonly proof: Pick<DatabaseProof, "isProven" | "hasUnclaimed">;
  /** A row lacked what order or Toss knew: an operator must hear of it, most of all when it could not be rebuilt. */
  readonly onRecovery: (found: {
    readonly orderId: string;
    readonly doubt: Doubt | "unproven";
    readonly isHealed: boolean;
  }) => void | Promise<void>;
  /** Stops a test's process between two steps; does nothing otherwise. */
  readonly faultPoint: (name: string) => void | Promise<void>;
};

/** A hint of Toss as it came. `id` is the same for repeated deliveries of one hint. */
export type Webhook = {
  readonly id: string;
  readonly eventType: string;
  readonly orderId: string | null;
  readonly paymentKey: string | null;
  /** What a DEPOSIT_CALLBACK shows to be Toss's. */
  readonly secret: string | null;
  readonly body: string;
};

/** What a hint that was stored is about. */
export type StoredHint = Pick<Webhook, "id" | "orderId" | "paymentKey">;

/** Hints about no payment of ours: a few are kept, the rest is forgotten, so that nobody can fill the disk. */
export type StrangeWebhooks = {
  /** False when enough of them are kept. */
  keep(webhook: Webhook): Promise<boolean>;
};

/** Webhooks as Toss sent them may name who paid. */
export type WebhookErasure = {
  /** Deletes what was stored about this order. */
  erase(orderId: string): Promise<void>;
};

export type WebhookRepository = {
  /** Stores a hint that is not there yet. "full": Toss has no need of so many about one payment in an hour. */
  store(webhook: Webhook): Promise<"stored" | "full">;
  /** Unhandled hints, kept from other replicas for `holdMs`. */
  claimDue(limit: number, holdMs: number): Promise<readonly StoredHint[]>;
  markHandled(ids: readonly string[]): Promise<void>;
  /** The payment that a hint is about, if it is one of ours. */
  findSubject(hint: { orderId: string | null; paymentKey: string | null }): Promise<
    | {
        readonly orderId: string;
        readonly paymentKeys: readonly string[];
        /** Toss's `secret` of each of these payments; null: not heard yet. */
        readonly secrets: readonly (string | null)[];
      }
    | undefined
  >;
};

/** How far a sweep has come, for all replicas together and beyond a restart. */
export type SweepProgress = {
  read(): Promise<string | undefined>;
  advance(doneUntil: string): Promise<void>;
};
