/** @jsxImportSource hono/jsx */
// Webhooks with their bodies, and the switches for future webhooks.

import type { WebhookSwitches } from "../sandbox_webhooks.ts";
import { Field, Tick, type Typed } from "./field.tsx";
import { Pages, type Scene, timeText } from "./home_frame.tsx";
import type { Listed, WebhookRow } from "./home_reads.ts";

type Props = {
  readonly scene: Scene;
  readonly listed: Listed<WebhookRow>;
  readonly typed: Typed | undefined;
};

export function WebhooksPage({ scene, listed, typed }: Props) {
  const { t, state } = scene;
  return (
    <>
      <h1>{t.webhooks}</h1>
      <section class="card" aria-labelledby="switches">
        <h2 id="switches">{t.switches}</h2>
        <p class="soft">{t.switchesHelp}</p>
        <Switches scene={scene} switches={typed ?? shown(state.webhooks.switches())} />
      </section>
      <section class="card" data-live="webhooks" aria-label={t.webhooks}>
        <WebhookList scene={scene} listed={listed} linked />
        <Pages scene={scene} older={listed.older} />
      </section>
    </>
  );
}

type ListProps = {
  readonly scene: Scene;
  readonly listed: Listed<WebhookRow>;
  /** Whether each row links to its payment. */
  readonly linked?: boolean;
};

export function WebhookList({ scene, listed, linked = false }: ListProps) {
  const { t } = scene;
  if (listed.rows.length === 0) return <p class="empty">{t.noWebhooks}</p>;
  return (
    <ul class="rows">
      {listed.rows.map((row) => (
        <Row scene={scene} row={row} linked={linked} />
      ))}
    </ul>
  );
}

function Row({ scene, row, linked }: { scene: Scene; row: WebhookRow; linked: boolean }) {
  const { t, here } = scene;
  const { id, state, attempts } = row;
  const tone = { pending: "open", delivered: "good", failed: "bad", dropped: "over" }[state];
  const facts = [
    attempts === 0 ? undefined : t.tries(attempts),
    attempts === 0 ? undefined : t.lastStatus(row.lastStatus),
    state === "pending" ? t.nextTry(timeText(row.nextAt)) : undefined,
  ].filter((fact) => fact !== undefined);
  const body = bodyOf(row);
  return (
    <li class="webhook">
      <span class={`status ${tone}`}>{t.webhookStates[state]}</span>
      <span class="what">
        <b>{row.eventType}</b>
        <span class="soft">{facts.join(" · ")}</span>
        {linked ? <a href={`/payments/${row.paymentKey}`}>{body.orderId ?? row.paymentKey}</a> : ""}
      </span>
      <form method="post" action={`/webhooks/${id}/resend`}>
        <input type="hidden" name="back" value={here} />
        <button aria-label={`${t.resend}: ${row.eventType} ${id}`}>{t.resend}</button>
      </form>
      <details data-key={`webhook-${id}`}>
        <summary>{body.status === undefined ? t.body : `${t.body} (${body.status})`}</summary>
        <pre tabindex={0} role="group" aria-label={`${t.body} ${id}`}>
          {body.text}
        </pre>
      </details>
    </li>
  );
}

/** The body as indented JSON, with its order id and status. */
function bodyOf({ body }: WebhookRow) {
  const json = JSON.parse(body) as { orderId?: string; status?: string; data?: Inner };
  type Inner = { orderId?: string; status?: string };
  const { orderId, status } = json.data ?? json;
  return { text: JSON.stringify(json, null, 2), orderId, status };
}

function shown(switches: WebhookSwitches): Typed {
  const { duplicate = "", delayMs = "", rate = "", drop, reorder } = switches;
  return {
    duplicate: String(duplicate),
    delayMs: String(delayMs),
    rate: String(rate),
    drop: drop === true ? "yes" : "",
    reorder: reorder === true ? "yes" : "",
  };
}

function Switches({ scene: { t }, switches }: { scene: Scene; switches: Typed }) {
  return (
    <form method="post" action="/webhooks/switches" class="fields">
      <Field
        name="duplicate"
        label={t.duplicate}
        type="number"
        min={0}
        max={10}
        value={switches["duplicate"]}
      />
      <Field
        name="delayMs"
        label={t.delayMs}
        help={t.usual}
        type="number"
        min={0}
        max={3_600_000}
        value={switches["delayMs"]}
      />
      <Field
        name="rate"
        label={t.rate}
        type="number"
        min={0}
        max={1}
        step="any"
        value={switches["rate"]}
      />
      <div class="ticks">
        <Tick name="drop" label={t.drop} checked={switches["drop"] === "yes"} />
        <Tick name="reorder" label={t.reorder} checked={switches["reorder"] === "yes"} />
      </div>
      <p class="last">
        <button class="primary">{t.save}</button>
        <button name="normal" value="yes" formnovalidate>
          {t.normal}
        </button>
      </p>
    </form>
  );
}
