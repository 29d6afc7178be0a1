import type { ComposeMail } from "@payflow/notifications";
import { renderMail, type Shop } from "@payflow/ui";
import type { Order } from "./domain/order.ts";

/** Draws the mails of orders. Whom a mail goes to is read here, when it is sent or shown. */
export const composeMails =
  (parts: {
    readonly shop: Shop;
    readonly findOrder: (orderId: string) => Promise<Order | undefined>;
    readonly linkOf: (order: Order) => string;
  }): ComposeMail =>
  async ({ orderId, facts: mail, createdAt: at }) => {
    const order = await parts.findOrder(orderId);
    // erased meanwhile
    if (order === undefined || order.customerEmail === "" || mail === null) return undefined;
    const to = { name: order.customerName, address: order.customerEmail };
    return { to, ...renderMail({ mail, at, order, shop: parts.shop, link: parts.linkOf(order) }) };
  };
