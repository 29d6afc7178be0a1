import { isWidgetKey } from "../contract.ts";
import { wonText } from "../money_text.ts";
import type { OrderScreen } from "../order_screen.ts";
import type { Scene } from "../scene.ts";
import { timeText } from "../time_text.ts";
import { Icon } from "./icon.tsx";
import { MethodChoice } from "./method_choice.tsx";

/** The form that opens Toss's window for one order. `checkout.js` reads its data from the attributes. */
export const PayForm = ({ scene, screen }: { scene: Scene; screen: OrderScreen }) => {
  const { t, deps, language } = scene;
  const { order } = screen;
  const again = screen.state === "declined" || screen.news !== undefined;
  const token = encodeURIComponent(deps.orderToken(order));
  const amount = wonText(order.amount, language);
  const { escrow = "off" } = deps;
  const isWidget = isWidgetKey(deps.toss.clientKey);
  return (
    <form
      id="pay"
      class={screen.opens && !isWidget ? "card pay busy-form" : "card pay"}
      aria-labelledby="pay-title"
      data-client-key={deps.toss.clientKey}
      data-sdk-url={deps.toss.sdkUrl}
      data-order-id={order.orderId}
      data-order-number={order.orderNumber}
      data-order-name={order.orderName}
      data-amount={String(order.amount)}
      data-tax-free={order.taxFreeAmount ? String(order.taxFreeAmount) : undefined}
      data-escrow={escrow === "off" ? undefined : escrow}
      data-goods={escrow === "off" ? undefined : JSON.stringify(goodsOf(order))}
      data-customer-name={order.customerName}
      data-customer-email={order.customerEmail}
      data-success-url={`${deps.publicUrl}/success?token=${token}`}
      // Toss's redirect after a cancel lacks the order id, so the URL contains it.
      data-fail-url={`${deps.publicUrl}/fail?order=${order.orderId}&token=${token}`}
      data-opened={t.pay.opened}
      data-cancel-lead={t.news.userCancel.lead}
      data-cancel-rest={t.news.userCancel.rest(timeText(order.expiresAt, scene))}
      data-already-open={t.pay.alreadyOpen}
      data-sdk-missing={t.pay.sdkMissing}
      data-sdk-retry={t.pay.sdkRetry}
      data-failed={t.pay.failed}
    >
      <h2 id="pay-title">{again ? t.pay.retryTitle : t.pay.title}</h2>
      {isWidget ? (
        <div id="toss-widget" class="toss-widget js-only" hx-morph-skip>
          <div id="toss-methods"></div>
          <div id="toss-agreement"></div>
        </div>
      ) : (
        <MethodChoice
          scene={scene}
          chosen={
            deps.paymentMethods.find((m) => m === screen.method) ?? deps.paymentMethods[0] ?? ""
          }
        />
      )}
      <p class="notice" id="pay-message" role="alert" hidden></p>
      <div class="pay-line js-only">
        <button class="primary pay-button">
          <Icon name="lock" />
          <span class="idle" id="pay-label">
            {again ? t.pay.retryButton(amount) : t.pay.button(amount)}
          </span>
          <span class="busy">{t.pay.opening}</span>
        </button>
      </div>
      <noscript>
        <p class="notice warn">{t.pay.noScript}</p>
      </noscript>
    </form>
  );
};

/** The items for Toss's escrow; an order without items counts as one. */
function goodsOf({ orderId, orderName, amount, items }: OrderScreen["order"]) {
  const lines =
    items.length > 0
      ? items
      : [{ productId: orderId, name: orderName, unitPrice: amount, quantity: 1 }];
  return lines.map(({ productId: id, name, unitPrice, quantity }) => {
    return { id, name, code: id, unitPrice, quantity };
  });
}
