import type { ListedException, MoneyMonth, Reconciliation } from "@payflow/back-office";

export type AdminMoney = {
  /** The month's days with movements, and its totals. */
  readMonth(month: string): Promise<MoneyMonth>;
  /** All movements of the month as CSV, in chunks. */
  exportMonth(month: string, language: "ko" | "en"): AsyncIterable<string>;
  /** The comparison of that day's ledger with Toss's list; null when the day was never compared. */
  findReconciliation(day: string): Promise<Reconciliation | null>;
  /** Schedules another comparison of the day. Throws AppError `invalid_request` for a day that has not begun. */
  requestReconciliation(day: string): Promise<void>;
  /** Closes an exception with a reason. Throws AppError `exception_not_found`. */
  resolveException(exception: {
    readonly day: string;
    readonly paymentKey: string;
    readonly transactionKey: string;
    readonly kind: ListedException["kind"];
    readonly reason: string;
  }): Promise<void>;
  /** Closes all open exceptions of a kind, of one day or of all days, with one reason; returns their number. */
  resolveExceptions?(exceptions: {
    readonly kind: ListedException["kind"];
    readonly day?: string;
    readonly reason: string;
  }): Promise<number>;
};
