import type { OrderPage as ShopperOrder } from "../../contract.ts";
import { Badge, sentences } from "../../fragments/verdict.tsx";
import { wonText } from "../../money_text.ts";
import { orderState } from "../../order_state.ts";
import type { AdminScene } from "../admin_scene.ts";
import { whenText } from "../admin_time.ts";
import type { AdminOrder } from "../contract.ts";
import { StatusTag } from "../fragments/badges.tsx";
import { DoneNotice, WarnNotice } from "../fragments/notices.tsx";
import { OpenEnds } from "../fragments/open_ends.tsx";
import { OrderActions } from "../fragments/order_actions.tsx";
import { OrderMoney } from "../fragments/order_money.tsx";
import { RefundRequest } from "../fragments/refund_request.tsx";
import { OrderTimeline } from "../fragments/order_timeline.tsx";
import type { SentForm } from "../order_forms.ts";
import { historyLines } from "../order_history.ts";

export type OrderPageProps = {
  readonly scene: AdminScene;
  readonly order: AdminOrder;
  readonly sent?: SentForm | undefined;
  readonly done?: string | undefined;
  readonly link?: string | undefined;
};

export const OrderPage = ({ scene, order, sent, done, link }: OrderPageProps) => {
  const { order: words, frame } = scene.t;
  return (
    <>
      <p class="trail">
        <a href="/admin/orders">{scene.t.orders.title}</a>
      </p>
      <div class="head">
        <h1>
          {words.title(order.orderNumber)} <StatusTag scene={scene} status={order.status} />
        </h1>
        <p class="amount">{wonText(order.amount, scene.language)}</p>
      </div>
      <DoneNotice text={done} isOpen={done === scene.t.attention.queriedOpen} />
      <WarnNotice text={order.money === undefined ? words.callErrors : undefined} />
      <ShopperSees scene={scene} order={order} />
      <div class="columns">
        <div class="main">
          <OpenEnds scene={scene} items={order.money?.openEnds ?? []} />
          <OrderMoney scene={scene} order={order} />
          <OrderTimeline scene={scene} lines={historyLines(scene, order)} />
        </div>
        <div class="side">
          <RefundRequest scene={scene} order={order} sent={sent} />
          <OrderActions scene={scene} order={order} sent={sent} link={link} />
          <Facts scene={scene} order={order} />
        </div>
      </div>
      <details class="raw panel">
        <summary>{words.raw}</summary>
        <pre tabindex={0}>{JSON.stringify(order, null, 2)}</pre>
      </details>
      <p class="muted small">{frame.zone}</p>
    </>
  );
};

/** The same sentence as on the shopper's page. */
const ShopperSees = ({ scene, order }: { scene: AdminScene; order: AdminOrder }) => {
  const page: ShopperOrder = { ...order, currency: "KRW" };
  const state = orderState(page, scene.now);
  const shopper = { ...scene, t: scene.shopper };
  const { lead, rest } = sentences(shopper, { order: page, owned: true, state, news: undefined });
  return (
    <section class="panel sees" aria-labelledby="sees-title">
      <h2 id="sees-title">{scene.t.order.shopperSees}</h2>
      <p>
        <Badge scene={shopper} state={state} /> <b>{lead}</b> {rest}
      </p>
    </section>
  );
};

const Facts = ({ scene, order }: { scene: AdminScene; order: AdminOrder }) => {
  const { t, language } = scene;
  const { order: words } = t;
  const time = (iso: string) => <time datetime={iso}>{whenText(iso, scene)}</time>;
  return (
    <section class="panel" aria-labelledby="facts-title">
      <h2 id="facts-title">{words.items}</h2>
      <ul class="lines">
        {order.items.map((item) => (
          <li>
            <span>
              {item.name} <span class="muted">× {item.quantity}</span>
            </span>
            <span class="sum">{wonText(item.unitPrice * item.quantity, language)}</span>
          </li>
        ))}
        {order.items.length === 0 && <li>{order.orderName}</li>}
        <li class="total">
          <b>{words.total}</b>
          <b class="sum">{wonText(order.amount, language)}</b>
        </li>
      </ul>
      {order.taxFreeAmount > 0 && (
        <p class="muted small">{words.taxFreeOf(wonText(order.taxFreeAmount, language))}</p>
      )}
      <dl class="pairs">
        <div>
          <dt>{words.customer}</dt>
          <dd>
            {order.customerName === "" && order.customerEmail === "" ? (
              <span class="muted">{words.erased}</span>
            ) : (
              <>
                {order.customerName}
                <br />
                {order.customerEmail}
              </>
            )}
          </dd>
        </div>
        <div>
          <dt>{words.placed}</dt>
          <dd>{time(order.createdAt)}</dd>
        </div>
        {order.confirmedAt === null ? (
          <div>
            <dt>{words.expires}</dt>
            <dd>{time(order.expiresAt)}</dd>
          </div>
        ) : (
          <div>
            <dt>{words.paid}</dt>
            <dd>{time(order.confirmedAt)}</dd>
          </div>
        )}
        <div>
          <dt>{words.orderId}</dt>
          <dd class="code">{order.orderId}</dd>
        </div>
        {order.merchantReference !== null && (
          <div>
            <dt>{words.merchantReference}</dt>
            <dd>{order.merchantReference}</dd>
          </div>
        )}
        {Object.entries(order.metadata).map(([name, text]) => (
          <div>
            <dt>
              {words.metadata} · {name}
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
};
