// The sandbox's state: one SQLite file in WAL mode. A commit is in the kernel's page cache when it
// returns, so SIGKILL loses nothing. A power failure may lose the last commits; a test double
// accepts that, because commits are faster.

import { Database } from "bun:sqlite";
import { expiresAt, type Payment, type Transaction } from "./sandbox_payment.ts";

const schema = `
create table if not exists payments (
  seq integer primary key autoincrement,
  payment_key text not null unique,
  order_id text not null,
  expires_at integer,
  body text not null,
  previous text not null -- the state before the last change, for stale answers
);
create index if not exists payments_by_order on payments (order_id);
create index if not exists payments_by_expiry on payments (expires_at) where expires_at is not null;
create table if not exists transactions (
  seq integer primary key autoincrement,
  transaction_key text not null unique,
  payment_key text not null,
  at integer not null,
  body text not null
);
create index if not exists transactions_by_time on transactions (at);
create index if not exists transactions_by_payment on transactions (payment_key);
-- Answers by idempotency key, method, path and API key; Toss keeps them 15 days.
create table if not exists answers (
  scope text primary key,
  status integer not null,
  body text not null,
  trace_id text not null,
  at integer not null
);
create table if not exists webhooks (
  id integer primary key autoincrement,
  transmission_id text not null,
  payment_key text not null,
  event_type text not null,
  body text not null,
  state text not null, -- pending, delivered, failed, dropped
  attempts integer not null default 0,
  next_at integer not null,
  last_status integer
);
create index if not exists webhooks_by_payment on webhooks (payment_key);
create index if not exists webhooks_due on webhooks (next_at) where state = 'pending';
create table if not exists settings (name text primary key, value text not null);
`;

const tables = ["payments", "transactions", "answers", "webhooks", "settings"];

export type StoredAnswer = {
  readonly status: number;
  readonly body: string;
  readonly traceId: string;
  readonly at: number;
};

export type SandboxStore = ReturnType<typeof openSandboxStore>;

export function openSandboxStore(path: string) {
  const database = new Database(path, { create: true, strict: true });
  // A second process on the same file waits 5 s for the lock, then fails.
  database.run("pragma busy_timeout = 5000");
  database.run("pragma journal_mode = wal");
  database.run("pragma synchronous = normal");
  database.run(schema);

  const insertPayment = database.prepare<null, [string, string, number | null, string, string]>(
    `insert into payments (payment_key, order_id, expires_at, body, previous)
     values (?, ?, ?, ?, ?) on conflict (payment_key) do nothing`,
  );
  const updatePayment = database.prepare<null, [number | null, string, string]>(
    "update payments set expires_at = ?, previous = body, body = ? where payment_key = ?",
  );
  const onePayment = database.prepare<{ body: string; previous: string }, [string]>(
    "select body, previous from payments where payment_key = ?",
  );
  const paymentsOfOrder = database.prepare<{ body: string }, [string]>(
    "select body from payments where order_id = ? order by seq desc",
  );
  const pageOfPayments = database.prepare<{ seq: number; body: string }, [number, number]>(
    "select seq, body from payments where seq > ? order by seq limit ?",
  );
  const overduePayments = database.prepare<{ body: string }, [number]>(
    "select body from payments where expires_at < ? order by expires_at limit 1000",
  );
  const insertTransaction = database.prepare<null, [string, string, number, string]>(
    "insert into transactions (transaction_key, payment_key, at, body) values (?, ?, ?, ?)",
  );
  const seqOfTransaction = database.prepare<{ seq: number }, [string]>(
    "select seq from transactions where transaction_key = ?",
  );
  const pageOfTransactions = database.prepare<
    { body: string; payment_body: string },
    [number, number, number, string, number]
  >(
    `select t.body, p.body as payment_body
     from transactions t join payments p using (payment_key)
     where t.at >= ? and t.at < ? and t.seq > ? and p.body ->> 'clientKey' = ?
     order by t.seq limit ?`,
  );
  const oneAnswer = database.prepare<StoredAnswer, [string]>(
    "select status, body, trace_id as traceId, at from answers where scope = ?",
  );
  const putAnswer = database.prepare<null, [string, number, string, string, number]>(
    "insert or replace into answers (scope, status, body, trace_id, at) values (?, ?, ?, ?, ?)",
  );
  const oneSetting = database.prepare<{ value: string }, [string]>(
    "select value from settings where name = ?",
  );
  const putSetting = database.prepare<null, [string, string]>(
    "insert or replace into settings (name, value) values (?, ?)",
  );

  return {
    /** For the files that prepare their own statements: webhooks and the home page. */
    database,

    /** Runs `write` in one transaction. */
    atomically<T>(write: () => T): T {
      return database.transaction(write).immediate();
    },

    /** False when the paymentKey already exists. */
    insertPayment(payment: Payment): boolean {
      const body = JSON.stringify(payment);
      const due = expiresAt(payment);
      return insertPayment.run(payment.paymentKey, payment.orderId, due, body, body).changes === 1;
    },

    updatePayment(payment: Payment): void {
      updatePayment.run(expiresAt(payment), JSON.stringify(payment), payment.paymentKey);
    },

    findPayment(paymentKey: string): Payment | undefined {
      const row = onePayment.get(paymentKey);
      return row === null ? undefined : parse(row.body);
    },

    findPreviousPayment(paymentKey: string): Payment | undefined {
      const row = onePayment.get(paymentKey);
      return row === null ? undefined : parse(row.previous);
    },

    /** Newest first. */
    listPaymentsOfOrder(orderId: string): Payment[] {
      return paymentsOfOrder.all(orderId).map((row) => parse(row.body));
    },

    /** Oldest first, starting after seq `after`. */
    listPayments(after: number, limit: number): { seq: number; payment: Payment }[] {
      return pageOfPayments
        .all(after, limit)
        .map((row) => ({ seq: row.seq, payment: parse(row.body) }));
    },

    listOverduePayments(now: number): Payment[] {
      return overduePayments.all(now).map((row) => parse(row.body));
    },

    insertTransaction(paymentKey: string, transaction: Transaction): void {
      insertTransaction.run(
        transaction.transactionKey,
        paymentKey,
        transaction.at,
        JSON.stringify(transaction),
      );
    },

    findTransactionSeq(transactionKey: string): number | undefined {
      return seqOfTransaction.get(transactionKey)?.seq;
    },

    /** Transactions of one key pair, oldest first; `from` is inclusive, `until` exclusive. */
    listTransactions(page: {
      clientKey: string;
      from: number;
      until: number;
      after: number;
      limit: number;
    }) {
      return pageOfTransactions
        .all(page.from, page.until, page.after, page.clientKey, page.limit)
        .map((row) => ({
          transaction: JSON.parse(row.body) as Transaction,
          payment: parse(row.payment_body),
        }));
    },

    findAnswer(scope: string): StoredAnswer | undefined {
      return oneAnswer.get(scope) ?? undefined;
    },

    putAnswer(scope: string, answer: StoredAnswer): void {
      putAnswer.run(scope, answer.status, answer.body, answer.traceId, answer.at);
    },

    readSetting<T>(name: string, otherwise: T): T {
      const row = oneSetting.get(name);
      return row === null ? otherwise : (JSON.parse(row.value) as T);
    },

    writeSetting(name: string, value: unknown): void {
      putSetting.run(name, JSON.stringify(value));
    },

    clear(): void {
      database.transaction(() => {
        for (const table of tables) database.run(`delete from ${table}`);
      })();
    },

    close(): void {
      database.close();
    },
  };
}

function parse(body: string): Payment {
  return JSON.parse(body) as Payment;
}
