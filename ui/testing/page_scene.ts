import type { PaymentSnapshot } from "@payflow/shared";
import type { Page } from "playwright-core";
import type { OrderPage } from "../contract.ts";
import { snapshotOf } from "./sample_order.ts";
import type { ServedUi } from "./serve_ui.ts";

/** A page in a state that a shopper can meet. */
export type PageScene = {
  readonly name: string;
  /** Prepares the shop and returns the path to open. */
  prepare(ui: ServedUi): string;
  /** What the visitor does there before it is looked at. */
  act?(page: Page, ui: ServedUi): Promise<void>;
  readonly visitor?: "owner" | "other";
  /** The role that has signed in to the console. */
  readonly operator?: "read" | "operate" | "admin";
  /** Seen by a browser that runs no scripts. */
  readonly noScript?: true;
};

/** The page of an order, and of its payment if it has got one. */
export function orderScene(
  name: string,
  change: Partial<OrderPage>,
  payment?: Partial<PaymentSnapshot>,
): PageScene {
  return {
    name,
    prepare(ui) {
      const added = ui.shop.add(change);
      if (payment) ui.shop.change(added.orderId, { payment: snapshotOf(added, payment) });
      return `/orders/${added.orderId}`;
    },
  };
}
