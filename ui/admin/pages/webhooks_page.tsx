import type { AdminScene } from "../admin_scene.ts";
import { whenText } from "../admin_time.ts";
import type { Listed, WebhookRow } from "../contract.ts";
import { orderPath, shortId, Tag } from "../fragments/badges.tsx";
import { ChoiceChips } from "../fragments/choice_chips.tsx";
import { type Column, DataTable } from "../fragments/data_table.tsx";
import { EventTabs } from "../fragments/event_tabs.tsx";
import { JsonText } from "../fragments/json_text.tsx";
import { Pager, type Place } from "../fragments/pager.tsx";

export type WebhookFilter = {
  readonly state: "waiting" | "unknown" | undefined;
  readonly orderId: string | undefined;
};

type WebhooksPageProps = {
  readonly scene: AdminScene;
  readonly filter: WebhookFilter;
  readonly place: Place;
  readonly found: Listed<WebhookRow>;
};

const path = "/admin/events/webhooks";

/** Webhooks from Toss with their states. */
export const WebhooksPage = ({ scene, filter, place, found }: WebhooksPageProps) => {
  const { events: words } = scene.t;
  const choices = ([undefined, "waiting", "unknown"] as const).map((state) => ({
    href: address({ ...filter, state }),
    text: words.webhookStates[state ?? "all"],
    isChosen: state === filter.state,
  }));
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
      </div>
      <EventTabs scene={scene} current="webhooks" />
      <ChoiceChips label={words.stateLabel} choices={choices} />
      {filter.orderId !== undefined && (
        <p>
          {words.ofOrder(shortId(filter.orderId))}{" "}
          <a class="alone" href={path}>
            {words.showAll}
          </a>
        </p>
      )}
      {found.rows.length === 0 ? (
        <div class="panel blank">
          <h2>{found.next === null ? words.noWebhooks : scene.t.frame.keepLooking}</h2>
        </div>
      ) : (
        <div class="panel flush">
          <DataTable caption={words.webhooks} columns={columns(scene)} rows={found.rows} />
        </div>
      )}
      <Pager scene={scene} path={path} query={queryOf(filter)} place={place} next={found.next} />
    </>
  );
};

function queryOf({ state, orderId }: WebhookFilter): URLSearchParams {
  const query = new URLSearchParams();
  if (state !== undefined) query.set("state", state);
  if (orderId !== undefined) query.set("orderId", orderId);
  return query;
}

function address(filter: WebhookFilter): string {
  const query = queryOf(filter).toString();
  return query === "" ? path : `${path}?${query}`;
}

const WebhookTag = ({ scene, webhook }: { scene: AdminScene; webhook: WebhookRow }) => {
  const { events: words } = scene.t;
  if (webhook.isUnknown) return <Tag tone="quiet">{words.unknown}</Tag>;
  if (webhook.handledAt === null) return <Tag tone="wait">{words.unhandled}</Tag>;
  return <Tag tone="good">{words.handled}</Tag>;
};

/** The order's id; a link, unless payment does not know the order. */
const OrderOf = ({ webhook, isShort }: { webhook: WebhookRow; isShort?: boolean }) => {
  const { orderId, isUnknown } = webhook;
  if (orderId === null) return <></>;
  const text = isShort ? shortId(orderId) : orderId;
  if (isUnknown) return <span class="code">{text}</span>;
  return (
    <a class="code" href={orderPath(orderId)}>
      {text}
    </a>
  );
};

function columns(scene: AdminScene): Column<WebhookRow>[] {
  const { events: words } = scene.t;
  return [
    {
      head: words.type,
      isTitle: true,
      cell: ({ id, eventType }) => (
        <a class="code" href={`${path}/${encodeURIComponent(id)}`}>
          {eventType}
        </a>
      ),
    },
    {
      head: words.stateLabel,
      isShort: true,
      isBeside: true,
      cell: (webhook) => <WebhookTag scene={scene} webhook={webhook} />,
    },
    {
      head: words.key,
      isShort: true,
      cell: (webhook) => <OrderOf webhook={webhook} isShort />,
    },
    {
      head: "paymentKey",
      cell: ({ paymentKey }) => paymentKey !== null && <span class="code">{paymentKey}</span>,
    },
    { head: words.tries, isNumber: true, cell: ({ tries }) => tries },
    {
      head: words.received,
      isNumber: true,
      isShort: true,
      cell: ({ receivedAt }) => <time datetime={receivedAt}>{whenText(receivedAt, scene)}</time>,
    },
  ];
}

type WebhookPageProps = {
  readonly scene: AdminScene;
  readonly webhook: WebhookRow & { readonly body: string };
};

/** A webhook with its body. */
export const WebhookPage = ({ scene, webhook }: WebhookPageProps) => {
  const { events: words } = scene.t;
  return (
    <>
      <p class="trail">
        <a href={path}>{words.webhooks}</a>
      </p>
      <div class="head">
        <h1>
          {words.webhookTitle} <WebhookTag scene={scene} webhook={webhook} />
        </h1>
      </div>
      <section class="panel" aria-label={words.webhookTitle}>
        <dl class="pairs">
          <div>
            <dt>{words.type}</dt>
            <dd class="code">{webhook.eventType}</dd>
          </div>
          <div>
            <dt>{words.received}</dt>
            <dd>{whenText(webhook.receivedAt, scene)}</dd>
          </div>
          {webhook.orderId !== null && (
            <div>
              <dt>{words.key}</dt>
              <dd>
                <OrderOf webhook={webhook} />
              </dd>
            </div>
          )}
          {webhook.paymentKey !== null && (
            <div>
              <dt>paymentKey</dt>
              <dd class="code">{webhook.paymentKey}</dd>
            </div>
          )}
          <div>
            <dt>{words.tries}</dt>
            <dd>{webhook.tries}</dd>
          </div>
        </dl>
        <JsonText text={webhook.body} />
      </section>
    </>
  );
};
