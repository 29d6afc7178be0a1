// The steps of a scenario: actions of shoppers, processes, Kafka, Toss and time.
import type { Charge } from "@payflow/payment/testing";
import type { orderJobs } from "./order_service.ts";
import type { paymentJobs } from "./payment_jobs.ts";
import type { Replica, Until } from "./scheduler.ts";

export type OrderReplica = Extract<Replica, `order-${string}`>;
export type PaymentReplica = Extract<Replica, `payment-${string}`>;

type Request = {
  readonly at: OrderReplica;
  readonly to: PaymentReplica;
  readonly isPatient: boolean;
  readonly until: Until;
};
type Tab = { readonly order: number; readonly tab: number };

export type Command =
  | {
      readonly do: "place";
      readonly order: number;
      readonly at: OrderReplica;
      readonly until: Until;
    }
  | (Tab & {
      readonly do: "open";
      readonly method: "card" | "account";
      readonly amount: number;
      readonly takesAnyAmount: boolean;
      readonly isAuthenticated: boolean;
    })
  | (Tab &
      Request & {
        readonly do: "pay";
        readonly method: "card" | "account";
        readonly amount: number;
      })
  | (Request & {
      readonly do: "cancel" | "name account";
      readonly order: number;
    })
  | (Request & {
      readonly do: "refund";
      readonly order: number;
      readonly key: number;
      readonly amount: number | undefined;
      readonly taxFree: number | undefined;
      readonly hasAccount: boolean;
    })
  /** `hasWebhook`: Toss sends a webhook for the change. */
  | (Tab & { readonly do: "deposit" | "revert"; readonly hasWebhook: boolean })
  | (Tab & { readonly do: "payout"; readonly payout: Charge["payout"] })
  | {
      readonly do: "dismiss";
      readonly order: number;
      readonly at: PaymentReplica;
      readonly until: Until;
    }
  | (Tab & {
      readonly do: "console refund";
      readonly amount: number | undefined;
      readonly hasWebhook: boolean;
    })
  | { readonly do: "go on"; readonly who: number; readonly until: Until }
  | { readonly do: "wait"; readonly seconds: number }
  /** Toss does not answer for so long; both payment processes keep running. */
  | { readonly do: "outage"; readonly seconds: number }
  | {
      readonly do: "publish";
      readonly from: "order" | "payment";
      readonly isMarked: boolean;
    }
  | {
      readonly do: "take";
      readonly what: "OrderCreated";
      readonly at: PaymentReplica;
      readonly pick: number;
      readonly isDouble: boolean;
      readonly until: Until;
    }
  | {
      readonly do: "take";
      readonly what: "payment events";
      readonly at: OrderReplica;
      readonly pick: number;
      readonly isDouble: boolean;
      readonly until: Until;
    }
  | { readonly do: "wipe Kafka" }
  | {
      readonly do: "webhook";
      readonly pick: number;
      readonly how: "comes" | "is lost" | "comes and will again";
    }
  | {
      readonly do: "work";
      readonly job: keyof typeof paymentJobs;
      readonly at: PaymentReplica;
      readonly until: Until;
    }
  | {
      readonly do: "sweep";
      readonly job: keyof typeof orderJobs;
      readonly at: OrderReplica;
      readonly until: Until;
    }
  | { readonly do: "crash"; readonly at: Replica }
  | {
      readonly do: "straggler";
      readonly pick: number;
      readonly arrives: boolean;
    };
