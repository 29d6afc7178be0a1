import type { OrderPage } from "../contract.ts";
import { Badge } from "../fragments/verdict.tsx";
import { wonText } from "../money_text.ts";
import { orderState } from "../order_state.ts";
import type { Scene } from "../scene.ts";
import { orderTitle } from "../shop_text.ts";
import { timeText } from "../time_text.ts";

type OrdersPageProps = {
  readonly scene: Scene;
  readonly orders: readonly OrderPage[];
};

export const OrdersPage = ({ scene, orders }: OrdersPageProps) => {
  const { t } = scene;
  return (
    <div class="orders">
      <div class="intro">
        <h1>{t.orders.title}</h1>
        <p>{orders.length > 0 ? t.orders.hint : t.orders.emptyHint}</p>
        <p>
          {t.find.other} <a href="/orders/find">{t.find.title}</a>
        </p>
      </div>
      {orders.length === 0 ? (
        <div class="card empty">
          <img src={scene.assets.url("empty.svg")} alt="" width={120} height={96} />
          <p>{t.orders.empty}</p>
          <a class="primary" href="/">
            {t.orders.start}
          </a>
        </div>
      ) : (
        <ul class="order-list">
          {orders.map((order) => (
            <OrderRow scene={scene} order={order} />
          ))}
        </ul>
      )}
    </div>
  );
};

const OrderRow = ({ scene, order }: { scene: Scene; order: OrderPage }) => (
  <li>
    <a class="card order-row" href={`/orders/${order.orderId}`}>
      <Badge scene={scene} state={orderState(order, scene.now)} />
      <strong>{orderTitle(scene, order)}</strong>
      <span class="sum">{wonText(order.amount, scene.language)}</span>
      <span class="when">
        {timeText(order.createdAt, scene)} · {order.orderNumber}
      </span>
    </a>
  </li>
);
