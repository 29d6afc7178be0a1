// How operators search orders, and what a list has of each; order answers it from its tables.
import type { OrderStatus } from "@payflow/shared";
import type { Page } from "./page.ts";

/** What a search text may mean; the ends of `ids` are UUIDs in hexadecimal digits alone, both included. */
export type OrderTerm =
  | { readonly kind: "ids"; readonly from: string; readonly to: string }
  | { readonly kind: TextTerm; readonly text: string }
  | { readonly kind: "amount"; readonly amount: number }
  | { readonly kind: "orders"; readonly orderIds: readonly string[] };

type TextTerm = "email" | "emailStart" | "nameStart" | "number" | "reference";

/** Orders that meet all of these conditions. */
export type OrderSelection = {
  readonly status?: OrderStatus | undefined;
  readonly method?: string | undefined;
  /** When they were placed, in milliseconds since 1970: from `since` on, before `until`. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** At least one of them; undefined: any order. */
  readonly anyOf?: readonly OrderTerm[] | undefined;
  /** And all of these. */
  readonly allOf?: readonly OrderTerm[] | undefined;
};

/** An order as a list shows it. Times are ISO 8601 in UTC; name and address are empty once they were erased. */
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
 * Searches that read a bounded number of rows, however many there are. By name and by sum, orders for which nobody has
 * tried to pay are found among the newest of them only, but by `exportAll`.
 */
export type OrderSearch = {
  /**
   * Newest first, older ones than `cursor`. A page may have fewer rows than `limit`, or none, and still a `next`: so far
   * was looked.
   */
  searchOrders(
    selection: OrderSelection,
    page: { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<Page<ListedOrder>>;
  /** `isMore`: only the first `countMax` (10,000), or those among the first that were looked at, are counted. */
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
