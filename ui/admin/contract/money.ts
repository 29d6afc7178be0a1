import type { ListedException, MoneyMonth, Reconciliation } from "@payflow/back-office";

export type AdminMoney = {
  /** Each day of the month with a movement, and the month's totals. */
  readMonth(month: string): Promise<MoneyMonth>;
  /** Each movement of the month as CSV, in pieces. */
  exportMonth(month: string, language: "ko" | "en"): AsyncIterable<string>;
  /** How Toss's list of that day and the ledger compare; null when the day was never compared. */
  findReconciliation(day: string): Promise<Reconciliation | null>;
  /** Has the day compared with Toss's list again, soon. Throws AppError `invalid_request` for a day that has not begun. */
  requestReconciliation(day: string): Promise<void>;
  /** Notes why a difference is none. Throws AppError `exception_not_found`. */
  resolveException(exception: {
    readonly day: string;
    readonly paymentKey: string;
    readonly transactionKey: string;
    readonly kind: ListedException["kind"];
    readonly reason: string;
  }): Promise<void>;
  /** Notes one reason for all open exceptions of a kind, of one day or of all; how many it were. */
  resolveExceptions?(exceptions: {
    readonly kind: ListedException["kind"];
    readonly day?: string;
    readonly reason: string;
  }): Promise<number>;
};
