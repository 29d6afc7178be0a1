/**
 * Movements of money: booked once by the change that recorded them, never changed, shown by day and month, and compared
 * with the provider's list. Knows no provider and no states of payments.
 * @module
 */
export { findByKeyPart, ledgerMigrations, ledgerTable, listLedger } from "./entries.ts";
export {
  exceptionQueries,
  listDifferingDays,
  openExceptions,
  requestReconciliation,
} from "./exceptions.ts";
export { listMovements, readMoneyMonth, readMovements } from "./money_month.ts";
export { reconcileDay } from "./reconcile_day.ts";
