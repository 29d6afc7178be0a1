import type { Child } from "hono/jsx";
import { maskEmail, maskName } from "@payflow/shared";
import { isPayable } from "../order_state.ts";
import { wonText } from "../money_text.ts";
import { conditionWords, paymentConditions } from "../payment_conditions.ts";
import type { OrderScreen } from "../order_screen.ts";
import type { Scene } from "../scene.ts";
import { itemName } from "../shop_text.ts";
import { timeText } from "../time_text.ts";
import { TaxFree } from "./quote_summary.tsx";

type FactsProps = { readonly scene: Scene; readonly screen: OrderScreen };

/** The ordered items with the total, the refunded and the remaining amount. */
export const OrderLines = ({ scene, screen: { order } }: FactsProps) => {
  const { t, language } = scene;
  const won = (sum: number) => wonText(sum, language);
  return (
    <section class="card" aria-labelledby="items-title">
      <h2 id="items-title">{t.order.items}</h2>
      <ul class="lines">
        {order.items.map((item) => (
          <li>
            <span>{itemName(scene, item)}</span>
            <span class="times">{t.shop.lines(item.quantity)}</span>
            <span class="sum">{won(item.unitPrice * item.quantity)}</span>
          </li>
        ))}
        {/* an order with its own name and price has no items */}
        {order.items.length === 0 && <li>{order.orderName}</li>}
      </ul>
      <p class="total">
        <span>{t.order.total}</span>
        <strong>{won(order.amount)}</strong>
      </p>
      <TaxFree scene={scene} amount={order.taxFreeAmount} />
      {order.refundedAmount > 0 && (
        <dl class="facts">
          <Fact name={t.order.refunded}>
            <strong>{won(order.refundedAmount)}</strong>
          </Fact>
          <Fact name={t.order.kept}>{won(order.amount - order.refundedAmount)}</Fact>
        </dl>
      )}
    </section>
  );
};

export const OrderDetails = ({ scene, screen }: FactsProps) => {
  const { t } = scene;
  const { order, owned } = screen;
  const { payment } = order;
  const paidAt = payment?.approvedAt ?? order.confirmedAt;
  const name = owned ? order.customerName : maskName(order.customerName);
  const email = owned ? order.customerEmail : maskEmail(order.customerEmail);
  return (
    <section class="card" aria-labelledby="details-title">
      <h2 id="details-title">{t.order.details}</h2>
      <dl class="facts stacked">
        <Fact name={t.order.orderId}>
          <span class="code">{order.orderId}</span>
        </Fact>
        <Fact name={t.order.orderedAt}>{timeText(order.createdAt, scene)}</Fact>
        {paidAt && !isPayable(screen.state as never) && (
          <Fact name={t.order.paidAt}>{timeText(paidAt, scene)}</Fact>
        )}
        {owned && <Conditions scene={scene} order={order} />}
        <Fact name={t.order.orderer}>
          {order.customerEmail === "" ? (
            t.order.ordererErased
          ) : (
            <>
              {name}
              <br />
              {email}
            </>
          )}
        </Fact>
      </dl>
      {!owned && <p class="hint">{t.order.masked}</p>}
    </section>
  );
};

const Conditions = ({ scene, order }: { scene: Scene; order: OrderScreen["order"] }) => (
  <>
    {paymentConditions(order.payment, scene).map(({ name, text, link }) => (
      <Fact name={name}>
        {text}
        {link && (
          <>
            {" "}
            <a href={link} rel="noreferrer" target="_blank">
              {conditionWords(scene.language).openReceipt}
            </a>
          </>
        )}
      </Fact>
    ))}
  </>
);

const Fact = ({ name, children }: { name: string; children?: Child }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
