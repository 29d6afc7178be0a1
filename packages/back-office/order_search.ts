// The operators' search of orders and its rows; the order service implements it.
import type { OrderStatus } from "@payflow/shared";
import type { Page } from "./page.ts";

/** One meaning of a search text. `from` and `to` of `ids` are UUIDs without hyphens, both included. */
export type OrderTerm =
  | { readonly kind: "ids"; readonly from: string; readonly to: string }
  | { readonly kind: TextTerm; readonly text: string }
  | { readonly kind: "amount"; readonly amount: number }
  | { readonly kind: "orders"; readonly orderIds: readonly string[] };

type TextTerm = "email" | "emailStart" | "nameStart" | "number" | "reference";

/** Selects orders that meet all of these conditions. */
export type OrderSelection = {
  readonly status?: OrderStatus | undefined;
  readonly method?: string | undefined;
  /** Limits of the creation time in milliseconds since 1970: `since` is included, `until` is not. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** At least one of these terms must match; undefined: any order. */
  readonly anyOf?: readonly OrderTerm[] | undefined;
  /** All of these terms must match. */
  readonly allOf?: readonly OrderTerm[] | undefined;
};

/** A row of a list of orders. Times are ISO 8601 in UTC; name and address are empty after an erasure. */
export type ListedOrder = {
  readonly orderId: string;
  readonly orderNumber: string;
  readonly merchantReference: string | null;
  readonly orderName: string;
  readonly createdAt: string;
  readonly confirmedAt: string | null;
  readonly status: OrderStatus;
  readonly amount: number;
  readonly refundedAmount: number;
  readonly customerName: string;
  readonly customerEmail: string;
  readonly method: string | null;
};

/**
 * Searches that read a limited number of rows, however large the tables are. By name and by amount, orders without a
 * payment attempt are searched among the newest only, except by `exportAll`.
 */
export type OrderSearch = {
  /**
   * Newest first, older than `cursor`. A page may have fewer rows than `limit`, or none, and still a `next`: the search
   * stopped there.
   */
  searchOrders(
    selection: OrderSelection,
    page: { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<Page<ListedOrder>>;
  /** `isMore`: the counts are incomplete, because the search stopped at `countMax` (10,000) or at its limit of rows. */
  sumOrders(selection: OrderSelection): Promise<OrderSums>;
  /** Oldest first, in pages. */
  exportAll(selection: OrderSelection): AsyncIterable<readonly ListedOrder[]>;
};

export type OrderSums = {
  readonly count: number;
  readonly amount: number;
  readonly refundedAmount: number;
  readonly isMore: boolean;
};
