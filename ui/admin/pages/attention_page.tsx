import { Icon } from "../../fragments/icon.tsx";
import { wonText } from "../../money_text.ts";
import { type AdminScene, may } from "../admin_scene.ts";
import { ageText, dayText, exactText, whenText } from "../admin_time.ts";
import type { Attention, AttentionItem } from "../contract.ts";
import { AttentionButton } from "../fragments/attention_button.tsx";
import { OrderLink } from "../fragments/badges.tsx";
import { DoneNotice, WarnNotice } from "../fragments/notices.tsx";
import { PartsStrip } from "../fragments/parts_strip.tsx";

type AttentionPageProps = {
  readonly scene: AdminScene;
  readonly attention: Attention;
  /** Result of the operator's last action. */
  readonly done: string | undefined;
  /** The refusal of that action. */
  readonly refused: string | undefined;
};

export const AttentionPage = ({ scene, attention, done, refused }: AttentionPageProps) => {
  const { attention: words } = scene.t;
  const { items, hasMore, parts } = attention;
  const isPaymentAway = parts.some(({ part, state }) => part === "payment" && state !== "up");
  // Toss is unknown while there are no calls
  const areAllUp = parts.every(({ state }) => state === "up" || state === "unknown");
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
        <p class="muted">{scene.t.frame.zone}</p>
      </div>
      <DoneNotice text={done} isOpen={done === words.queriedOpen} />
      <WarnNotice text={refused} />
      <div
        id="live"
        data-live
        hx-get="/admin"
        hx-trigger="refresh"
        hx-select="#live"
        hx-swap="outerMorph"
      >
        <PartsStrip scene={scene} parts={parts} />
        <WarnNotice text={isPaymentAway ? words.away : undefined} />
        {items.length === 0 ? (
          <div class={areAllUp ? "panel blank clear" : "panel blank"}>
            <Icon name={areAllUp ? "check" : "alert"} />
            <h2>{areAllUp ? words.allClear : words.partsDown}</h2>
            <p>{areAllUp ? words.allClearBody : words.partsDownBody}</p>
          </div>
        ) : (
          <ul class="attention">
            {items.map((item) => (
              <Item scene={scene} item={item} />
            ))}
          </ul>
        )}
        {hasMore && <p class="muted">{words.hasMore}</p>}
        <p class="muted small">
          {words.updated(exactText(scene.now.toISOString(), scene))}{" "}
          <a class="alone" href="/admin">
            {words.refresh}
          </a>
        </p>
      </div>
    </>
  );
};

const grouped = new Intl.NumberFormat("en-US");

const Item = ({ scene, item }: { scene: AdminScene; item: AttentionItem }) => {
  const { t, language } = scene;
  const { attention: words } = t;
  const { title, why } = words.kinds[item.kind];
  return (
    <li class="panel item" id={idOf(item)}>
      <div class="what">
        <h2>
          {title}
          {item.count > 1 && (
            <span class="tag warn">{words.times(grouped.format(item.count))}</span>
          )}
        </h2>
        <p class="muted">{why}</p>
        <dl class="facts">
          {item.orderId !== undefined && (
            <Fact name={words.order}>
              <OrderLink orderId={item.orderId} orderNumber={item.orderNumber} />
            </Fact>
          )}
          {item.orderId === undefined && item.day === undefined && (
            <Fact name={words.service}>{t.frame.parts[item.part]}</Fact>
          )}
          {item.amount !== undefined && (
            <Fact name={words.amount}>
              <b class="sum">{wonText(item.amount, language)}</b>
            </Fact>
          )}
          {item.customer !== undefined && <Fact name={words.customer}>{item.customer}</Fact>}
          {item.day !== undefined && <Fact name={words.day}>{dayText(item.day, scene)}</Fact>}
          {item.since !== null && (
            <Fact name={words.since}>
              <time datetime={item.since} title={whenText(item.since, scene)}>
                {ageText(item.since, scene)}
              </time>
            </Fact>
          )}
          {item.url !== undefined && <Fact name={words.url}>{item.url}</Fact>}
          {item.nextAt !== undefined && (
            <Fact name={words.next}>
              {item.nextAt === null ? words.noNext : ageText(item.nextAt, scene)}
            </Fact>
          )}
          {item.detail !== undefined && <Fact name={words.response}>{item.detail}</Fact>}
        </dl>
      </div>
      <AttentionButton scene={scene} item={item} mayAct={may(scene, "operate")} />
    </li>
  );
};

/** Identifies an item across reloads of the list, also when its position changes. */
function idOf({ kind, part, orderId, paymentKey, day, url }: AttentionItem): string {
  return [kind, part, orderId, paymentKey, day, url].join("-").replace(/[^\w-]/g, "_");
}

const Fact = (props: { name: string; children: unknown }) => (
  <div>
    <dt>{props.name}</dt>
    <dd>{props.children as never}</dd>
  </div>
);
