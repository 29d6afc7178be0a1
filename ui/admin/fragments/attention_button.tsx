import { unreachable } from "../../unreachable.ts";
import type { AdminScene } from "../admin_scene.ts";
import type { AttentionItem } from "../contract.ts";
import { orderPath } from "./badges.tsx";

type AttentionButtonProps = {
  readonly scene: AdminScene;
  readonly item: AttentionItem;
  readonly mayAct: boolean;
};

/** The action for an item: a form that queries Toss, or a link to the page that helps. */
export const AttentionButton = ({ scene, item, mayAct }: AttentionButtonProps) => {
  const { orderId } = item;
  const { button } = scene.t.attention.kinds[item.kind];
  if (orderId !== undefined && isQueried(item) && mayAct)
    return (
      <form method="post" action={`${orderPath(orderId)}/query`} data-once>
        <input type="hidden" name="back" value="attention" />
        <button class="button">{button}</button>
      </form>
    );
  return (
    <a class="button" href={pathFor(item)}>
      {isQueried(item) ? scene.t.attention.kinds.manual_review.button : button}
    </a>
  );
};

function isQueried({ kind }: AttentionItem): boolean {
  return kind === "confirm_open" || kind === "refund_open" || kind === "return_open";
}

function pathFor(item: AttentionItem): string {
  const { kind, orderId, paymentKey, day } = item;
  switch (kind) {
    case "confirm_open":
    case "refund_open":
    case "return_open":
    case "manual_review":
    case "payout_failed":
    case "paid_twice":
    case "unrecovered":
    case "tax_free_differs":
      return orderId === undefined ? searchPath(paymentKey) : orderPath(orderId);
    case "refund_requested":
      return orderId === undefined ? "/admin/orders" : `${orderPath(orderId)}#request`;
    case "account_needed":
      return orderId === undefined ? searchPath(paymentKey) : `${orderPath(orderId)}#account`;
    case "payment_without_order":
      return `/admin/events/webhooks${queryOf({ orderId })}`;
    case "money_without_order":
      return searchPath(paymentKey ?? orderId);
    case "reconciliation":
      return day === undefined ? "/admin/money" : `/admin/money/${day}`;
    case "dead_letters":
    case "unsigned_messages":
      return "/admin/events/dead-letters";
    case "webhooks_waiting":
      return "/admin/events/webhooks?state=waiting";
    case "mails_failed":
      return "/admin/events/mails?state=gave_up";
    case "endpoint_off":
    case "endpoint_failing":
      return "/admin/events/endpoints";
    case "outbox_old":
    case "relay_missing":
      return "/admin/events#outbox";
    case "consumer_behind":
      return "/admin/events#topics";
    default:
      return unreachable(kind);
  }
}

const searchPath = (q: string | undefined) => `/admin/orders${queryOf({ q })}`;

function queryOf(parameters: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? ""
    : `?${new URLSearchParams(given as [string, string][]).toString()}`;
}
