import type { Child } from "hono/jsx";
import { OrderView } from "../fragments/order_view.tsx";
import type { OrderScreen } from "../order_screen.ts";
import { pieceOf, type Scene } from "../scene.ts";

type OrderPageProps = {
  readonly scene: Scene;
  readonly screen: OrderScreen;
  readonly children?: Child;
};

/**
 * One order, kept up to date by `live.js`: by server-sent events, by polling where there are none. What is inside `#live` is morphed
 * in place, so that focus stays where it is and screen readers hear the verdict change.
 */
export const OrderPageView = ({ scene, screen, children }: OrderPageProps) => {
  const address = `/orders/${screen.order.orderId}`;
  return (
    <div class="order-page">
      <div
        id="live"
        data-events={pieceOf(scene, `${address}/events`)}
        data-status={pieceOf(scene, `${address}/status`)}
      >
        <OrderView scene={scene} screen={screen} />
      </div>
      {children}
    </div>
  );
};
