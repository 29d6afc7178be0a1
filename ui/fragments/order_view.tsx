import { Inquiry } from "./inquiry.tsx";
import { declineReason } from "../messages/decline_reasons.ts";
import { changesSoon, isDone, isPayable } from "../order_state.ts";
import type { OrderScreen } from "../order_screen.ts";
import type { Scene } from "../scene.ts";
import { shopText } from "../shop_text.ts";
import { Icon } from "./icon.tsx";
import { OrderDetails, OrderLines } from "./order_facts.tsx";
import { OrderNumberLine } from "./order_number.tsx";
import { PaidWithCard } from "./paid_with.tsx";
import { PayForm } from "./pay_form.tsx";
import { Timeline } from "./timeline.tsx";
import { RefundRequestCard, RefundRequestForm, takesRefundRequest } from "./refund_request.tsx";
import { RefundAccountCard } from "./refund_account.tsx";
import { refundTime, Verdict } from "./verdict.tsx";
import { VirtualAccountCard } from "./virtual_account.tsx";

type OrderViewProps = { readonly scene: Scene; readonly screen: OrderScreen };

/** The part of the page that follows the order; rendered again as a whole after each change. */
export const OrderView = ({ scene, screen }: OrderViewProps) => {
  const { t } = scene;
  const { order, owned, state } = screen;
  const { payment } = order;
  const returnTo = owned ? order.returnTo : undefined;
  const payable = owned && (state === "payable" || state === "declined");
  const waiting = state === "awaiting_deposit" && payment?.virtualAccount;
  return (
    <div
      class="order"
      data-seen={screen.seen}
      // The address for a reload. Without it, while the outcome is unknown, the page that retries the confirm stays.
      data-address={
        state === "confirming" || state === "unknown" ? undefined : `/orders/${order.orderId}`
      }
      data-title={`${t.states[state].badge} · ${shopText(scene).name}`}
    >
      {screen.notice && (
        <p class="notice warn" role="alert">
          <Icon name="alert" />
          <span>{t.notices[screen.notice]}</span>
        </p>
      )}
      <Verdict scene={scene} screen={screen} />
      {returnTo && leadsBackFirst(screen) && (
        <a class="primary" href={returnTo}>
          {t.order.backToShop}
        </a>
      )}
      {isOver(screen) && !returnTo && (
        <a class="primary" href={orderAgain(screen)}>
          {t.order.again}
        </a>
      )}
      {state !== "confirming" && <OrderNumberLine scene={scene} orderNumber={order.orderNumber} />}
      <MoneyNotes scene={scene} screen={screen} />
      <PaidWithCard scene={scene} screen={screen} />
      {payable && <PayForm scene={scene} screen={screen} />}
      {screen.placedHere && payment?.refundAccountNeeded && (
        <RefundAccountCard scene={scene} screen={screen} />
      )}
      {owned && !screen.placedHere && payment?.refundAccountNeeded && (
        <p class="notice">
          <Icon name="info" />
          <span>{t.refundAccount.elsewhere}</span>
        </p>
      )}
      {owned && waiting && (
        <VirtualAccountCard
          scene={scene}
          account={waiting}
          customerName={order.customerName}
          amount={order.amount}
        />
      )}
      {owned && order.refundRequest && <RefundRequestCard scene={scene} screen={screen} />}
      {state !== "confirming" && <OrderWhole scene={scene} screen={screen} />}
      <NextSteps scene={scene} screen={screen} />
    </div>
  );
};

/** Hidden during a confirm, because its result, a second later, would move it. */
const OrderWhole = ({ scene, screen }: OrderViewProps) => (
  <>
    <div class="order-columns">
      <OrderLines scene={scene} screen={screen} />
      <OrderDetails scene={scene} screen={screen} />
    </div>
    {screen.timeline.length > 0 && <Timeline scene={scene} entries={screen.timeline} />}
    <Inquiry scene={scene} order={screen.order} />
  </>
);

/** The reason of a decline, or a running refund of a second payment for an order that stays paid. */
const MoneyNotes = ({ scene, screen }: OrderViewProps) => {
  const { t } = scene;
  const { state, failure, order, owned } = screen;
  const reason = failure && declineReason(failure, scene.language);
  const kept = state === "confirmed" || state === "settling" || state === "partially_refunded";
  return (
    <>
      {state === "declined" && owned && reason && !screen.news && (
        <p class="notice">
          <span>
            <b>{t.states.declined.reason}</b> {reason}
          </span>
        </p>
      )}
      {kept && order.payment?.refunding && (
        <p class="notice warn">
          <Icon name="back" />
          <span>
            {order.payment.refundAccountNeeded
              ? t.states.refunding.account(t.states.refunding.whatCame)
              : t.states.refunding.second}{" "}
            {refundTime(scene, order.payment)}
          </span>
        </p>
      )}
    </>
  );
};

const NextSteps = ({ scene, screen }: OrderViewProps) => {
  const { t } = scene;
  const { order, owned, placedHere, state } = screen;
  const returnTo = owned ? order.returnTo : undefined;
  const open = state === "awaiting_deposit" || isPayable(state as never);
  // While the outcome is open, a link to the shop would invite a second order.
  const waits = state === "confirming" || changesSoon(state);
  return (
    <div class="next-steps">
      {returnTo && !leadsBackFirst(screen) && (
        <a class="secondary" href={returnTo}>
          {t.order.backToShop}
        </a>
      )}
      {!returnTo && !open && !isOver(screen) && !waits && (
        <a class="secondary" href="/">
          {t.order.shopMore}
        </a>
      )}
      {takesRefundRequest(screen) && <RefundRequestForm scene={scene} screen={screen} />}
      {placedHere && open && (
        <details class="cancel" id="cancel" hx-morph-skip>
          <summary>{t.order.cancelOrder}</summary>
          <form method="post" action={`/orders/${order.orderId}/cancel`} data-once>
            <p>{t.order.cancelQuestion}</p>
            <button class="danger">
              <span class="idle">{t.order.cancelConfirm}</span>
              <span class="busy">{t.order.cancelling}</span>
            </button>
          </form>
        </details>
      )}
    </div>
  );
};

/** Nothing is left to do here, so the link back to the integrator's shop comes first. */
function leadsBackFirst({ state }: OrderScreen): boolean {
  return state !== "awaiting_deposit" && isDone(state as never);
}

function isOver({ state }: OrderScreen): boolean {
  return state === "expired" || state === "canceled";
}

/** The shop with the quantities of this order. */
function orderAgain({ order }: OrderScreen): string {
  const lines = new URLSearchParams(
    order.items.map((item) => [`quantity.${item.productId}`, String(item.quantity)]),
  );
  return `/?${lines}`;
}
