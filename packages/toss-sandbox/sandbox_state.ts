// State that all routes share: configuration, store, clock, faults, webhooks and settings.

import { createFaults, type FaultOrder } from "./sandbox_faults.ts";
import { type Change, expire, type Payment } from "./sandbox_payment.ts";
import { openSandboxStore } from "./sandbox_store.ts";
import { createWebhooks } from "./sandbox_webhooks.ts";
import { paymentJson } from "./payment_json.ts";
import { testWishes } from "./test_names.ts";
import { koreanMicroseconds } from "./toss_time.ts";

export type TossSandboxConfig = {
  /** A file that is created when missing, or ":memory:". */
  readonly databasePath: string;
  /** The sandbox's own origin as browsers see it. */
  readonly publicUrl: string | (() => string);
  readonly clientKey?: string;
  readonly secretKey?: string;
  /** The webhook endpoint; without it, webhooks are only listed. */
  readonly webhookUrl?: string;
  /** Length in ms of one minute of Toss's retry schedule; 1000 by default. */
  readonly webhookRetryMinuteMs?: number;
  /** Delay of a webhook after its event; 0 by default. Toss takes a second or two. */
  readonly webhookDelayMs?: number;
  /** Whether 5xx responses are stored for replay too. */
  readonly keepServerErrors?: boolean;
  readonly now?: () => number;
};

/** Behaviour that Toss's documents do not specify. */
export type Settings = {
  readonly keepServerErrors: boolean;
  /** Calls per API; 0 means no limit. Toss's test environment allows 100. */
  readonly rateLimitPerMinute: number;
  readonly amountMismatchCode: string;
  /** The shop has no contract for tax-free goods: `taxFreeAmount` counts as taxed. */
  readonly isTaxedOnly: boolean;
};

export type SandboxState = ReturnType<typeof createSandboxState>;

export function createSandboxState(config: TossSandboxConfig) {
  const store = openSandboxStore(config.databasePath);
  const systemNow = config.now ?? Date.now;
  const defaults: Settings = {
    keepServerErrors: config.keepServerErrors ?? false,
    rateLimitPerMinute: 0,
    amountMismatchCode: "INVALID_REQUEST",
    isTaxedOnly: false,
  };
  let advancedMs = store.readSetting("advancedMs", 0);
  let settings: Settings = { ...defaults, ...store.readSetting("settings", {}) };
  const now = () => systemNow() + advancedMs;
  const publicUrl = () => {
    const url = typeof config.publicUrl === "string" ? config.publicUrl : config.publicUrl();
    return url.replace(/\/+$/, "");
  };
  const faults = createFaults(store.readSetting<FaultOrder[]>("faults", []), (orders) =>
    store.writeSetting("faults", orders),
  );
  const webhooks = createWebhooks({
    store,
    url: config.webhookUrl,
    retryMinuteMs: config.webhookRetryMinuteMs ?? 1_000,
    delayMs: config.webhookDelayMs ?? 0,
    now,
  });

  /** Must run inside `store.atomically`. */
  function apply(change: Change): void {
    const { payment, transaction } = change;
    store.updatePayment(payment);
    if (transaction !== undefined) store.insertTransaction(payment.paymentKey, transaction);
    const { webhooks: own } = testWishes(payment) ?? {};
    for (const type of change.events) {
      const { paymentKey } = payment;
      webhooks.enqueue({ paymentKey, type, body: eventBody(type, payment) }, own);
    }
    if (change.events.length > 0) webhooks.wake();
  }

  function eventBody(type: Change["events"][number], payment: Payment): string {
    const createdAt = koreanMicroseconds(now());
    if (type === "PAYMENT_STATUS_CHANGED") {
      const view = { publicUrl: publicUrl(), language: "ko", now: now() } as const;
      return JSON.stringify({ createdAt, eventType: type, data: paymentJson(payment, view) });
    }
    return JSON.stringify({
      createdAt,
      secret: payment.secret,
      status: payment.status,
      transactionKey: payment.lastTransactionKey,
      orderId: payment.orderId,
    });
  }

  /** The payment at the current time; a due expiry is stored and sent as a webhook. */
  function settleExpiry(payment: Payment | undefined): Payment | undefined {
    const change = payment && expire(payment, now());
    if (change === undefined) return payment;
    store.atomically(() => apply(change));
    return change.payment;
  }

  function expireOverdue(): void {
    for (;;) {
      const overdue = store.listOverduePayments(now());
      if (overdue.length === 0) return;
      store.atomically(() => {
        for (const payment of overdue) {
          const change = expire(payment, now());
          if (change !== undefined) apply(change);
        }
      });
    }
  }

  // Toss sends the webhook of an expiry without any query, so the sandbox checks once a second.
  const sweep = setInterval(expireOverdue, 1_000);
  sweep.unref();

  return {
    clientKey: config.clientKey ?? "test_ck_sandbox",
    secretKey: config.secretKey ?? "test_sk_sandbox",
    webhookUrl: config.webhookUrl,
    publicUrl,
    now,
    store,
    faults,
    webhooks,
    apply,
    expireOverdue,
    findPayment: (paymentKey: string) => settleExpiry(store.findPayment(paymentKey)),

    /** The order's newest payment in any status; older ones are only in the transaction list. */
    findPaymentOfOrder: (orderId: string): Payment | undefined =>
      settleExpiry(store.listPaymentsOfOrder(orderId)[0]),

    settings: () => settings,
    changeSettings(change: Partial<Settings>): void {
      settings = { ...settings, ...change };
      store.writeSetting("settings", settings);
    },

    clock: () => ({ now: new Date(now()).toISOString(), advancedMs }),
    advanceClock(ms: number): void {
      advancedMs += ms;
      store.writeSetting("advancedMs", advancedMs);
      expireOverdue();
    },

    /** Deletes everything and resets the clock. */
    reset(): void {
      store.clear();
      faults.clear();
      webhooks.setSwitches({});
      advancedMs = 0;
      settings = defaults;
    },

    async close(): Promise<void> {
      clearInterval(sweep);
      await webhooks.close();
      store.close();
    },
  };
}
