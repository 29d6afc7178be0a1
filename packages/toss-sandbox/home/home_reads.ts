// Queries of the home page: newest first, one page at a time. Each uses an index, so that a page
// that polls every two seconds does not slow a load test.

import type { Payment, Transaction } from "../sandbox_payment.ts";
import type { SandboxState } from "../sandbox_state.ts";

export const pageSize = 20;
/** Row limit for one payment: more than a payment has. */
const ofPaymentMax = 50;
const countMax = 100;

export type WebhookRow = {
  readonly id: number;
  readonly paymentKey: string;
  readonly eventType: string;
  readonly state: "pending" | "delivered" | "failed" | "dropped";
  readonly attempts: number;
  /** When it was sent or will be sent, in milliseconds of the computer's clock. */
  readonly nextAt: number;
  readonly lastStatus: number | null;
  readonly body: string;
};

/** A page of a list; `older` is the `before` of the next page. */
export type Listed<T> = { readonly rows: readonly T[]; readonly older: number | undefined };

export type HomeReads = ReturnType<typeof createHomeReads>;

export function createHomeReads(state: SandboxState) {
  const { database } = state.store;
  const payments = database.prepare<{ seq: number; body: string }, [number, number]>(
    "select seq, body from payments where seq < ? order by seq desc limit ?",
  );
  const fields = `id, payment_key as paymentKey, event_type as eventType, state, attempts,
    next_at as nextAt, last_status as lastStatus, body`;
  const webhooks = database.prepare<WebhookRow, [number, number]>(
    `select ${fields} from webhooks where id < ? order by id desc limit ?`,
  );
  const webhooksOfPayment = database.prepare<WebhookRow, [string, number]>(
    `select ${fields} from webhooks where payment_key = ? order by id desc limit ?`,
  );
  const waiting = database.prepare<{ count: number }, [number]>(
    "select count(*) as count from (select 1 from webhooks where state = 'pending' limit ?)",
  );
  const allPayments = database.prepare<{ count: number }, []>(
    "select count(*) as count from payments",
  );
  const transactions = database.prepare<{ body: string }, [string, number]>(
    "select body from transactions where payment_key = ? order by seq desc limit ?",
  );

  function listed<T>(rows: readonly T[], keyOf: (row: T) => number): Listed<T> {
    const shown = rows.slice(0, pageSize);
    const last = rows.length > pageSize ? shown.at(-1) : undefined;
    return { rows: shown, older: last === undefined ? undefined : keyOf(last) };
  }

  return {
    listPayments(before: number): Listed<Payment> {
      state.expireOverdue();
      const page = listed(payments.all(before, pageSize + 1), (row) => row.seq);
      return { ...page, rows: page.rows.map((row) => JSON.parse(row.body) as Payment) };
    },

    /** The payment with this paymentKey, or the payments of this order. */
    findPayments(text: string): Listed<Payment> {
      state.expireOverdue();
      const one = state.findPayment(text);
      const rows = one === undefined ? state.store.listPaymentsOfOrder(text) : [one];
      return { rows: rows.slice(0, pageSize), older: undefined };
    },

    /** Only for the reset page, because it scans a whole index. */
    countPayments: () => allPayments.get()?.count ?? 0,

    listWebhooks: (before: number) => listed(webhooks.all(before, pageSize + 1), (row) => row.id),

    listWebhooksOf: (paymentKey: string): Listed<WebhookRow> => ({
      rows: webhooksOfPayment.all(paymentKey, ofPaymentMax),
      older: undefined,
    }),

    /** At most 100. */
    countWaitingWebhooks: () => waiting.get(countMax)?.count ?? 0,

    listTransactionsOf: (paymentKey: string) =>
      transactions.all(paymentKey, ofPaymentMax).map((row) => JSON.parse(row.body) as Transaction),
  };
}
