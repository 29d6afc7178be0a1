import type { Child } from "hono/jsx";
import { OrderView } from "../fragments/order_view.tsx";
import type { OrderScreen } from "../order_screen.ts";
import { fragmentUrl, type Scene } from "../scene.ts";

type OrderPageProps = {
  readonly scene: Scene;
  readonly screen: OrderScreen;
  readonly children?: Child;
};

/**
 * One order, updated by `live.js` from server-sent events, or by polling. The content of `#live` is morphed, so the
 * focus stays and screen readers announce the new verdict.
 */
export const OrderPageView = ({ scene, screen, children }: OrderPageProps) => {
  const address = `/orders/${screen.order.orderId}`;
  return (
    <div class="order-page">
      <div
        id="live"
        data-events={fragmentUrl(scene, `${address}/events`)}
        data-status={fragmentUrl(scene, `${address}/status`)}
      >
        <OrderView scene={scene} screen={screen} />
      </div>
      {children}
    </div>
  );
};
