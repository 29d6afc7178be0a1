import type { PaymentSnapshot } from "@payflow/shared";
import type { Page } from "playwright-core";
import type { OrderPage } from "../contract.ts";
import { snapshotOf } from "./sample_order.ts";
import type { ServedUi } from "./serve_ui.ts";

/** A page in a state that a visitor can see. */
export type PageScene = {
  readonly name: string;
  /** Prepares the shop and returns the path to open. */
  prepare(ui: ServedUi): string;
  /** The visitor's actions before the page is inspected. */
  act?(page: Page, ui: ServedUi): Promise<void>;
  readonly visitor?: "owner" | "other";
  /** The role of the signed-in operator. */
  readonly operator?: "read" | "operate" | "admin";
  /** In a browser without JavaScript. */
  readonly noScript?: true;
};

/** The page of an order, with its payment when given. */
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
