import type { OrderStatus } from "@payflow/shared";
import type { Child } from "hono/jsx";
import type { AdminScene } from "../admin_scene.ts";

export type Tone = "good" | "warn" | "wait" | "quiet";

/** Text on a coloured background; the colour repeats what the text says. */
export const Tag = ({ tone, children }: { tone: Tone; children: Child }) => (
  <span class={`tag ${tone}`}>{children}</span>
);

const tones: Readonly<Record<OrderStatus, Tone>> = {
  PENDING: "wait",
  AWAITING_DEPOSIT: "wait",
  CONFIRMED: "good",
  PARTIALLY_REFUNDED: "good",
  REFUNDED: "quiet",
  CANCELED: "quiet",
  EXPIRED: "quiet",
};

export const StatusTag = ({ scene, status }: { scene: AdminScene; status: OrderStatus }) => (
  <Tag tone={tones[status]}>{scene.t.orders.statuses[status]}</Tag>
);

/** The beginning of an order's id, for orders without a number; searching finds the order by it. */
export function shortId(orderId: string): string {
  return orderId.slice(0, 13);
}

type OrderLinkProps = { readonly orderId: string; readonly orderNumber?: string | undefined };
export const OrderLink = ({ orderId, orderNumber }: OrderLinkProps) => (
  <a class="code" href={orderPath(orderId)}>
    {orderNumber ?? shortId(orderId)}
  </a>
);

export function orderPath(orderId: string): string {
  return `/admin/orders/${encodeURIComponent(orderId)}`;
}
