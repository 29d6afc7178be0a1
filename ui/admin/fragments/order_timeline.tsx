import type { AdminScene } from "../admin_scene.ts";
import { exactText } from "../admin_time.ts";
import type { HistoryLine } from "../order_history.ts";

type OrderTimelineProps = { readonly scene: AdminScene; readonly lines: readonly HistoryLine[] };

/** All events, oldest first, each with its actor, its reason and its raw record. */
export const OrderTimeline = ({ scene, lines }: OrderTimelineProps) => {
  const { order: words } = scene.t;
  return (
    <section class="panel" aria-labelledby="timeline-title">
      <h2 id="timeline-title">{words.timeline}</h2>
      {lines.length === 0 && <p class="muted">{words.timelineEmpty}</p>}
      <ol class="timeline">
        {lines.map((line) => (
          <li class={`${line.source} ${line.tone ?? ""}`}>
            <Line scene={scene} line={line} />
          </li>
        ))}
      </ol>
    </section>
  );
};

const Line = ({ scene, line }: { scene: AdminScene; line: HistoryLine }) => {
  const { order: words, frame } = scene.t;
  const names = { ...frame.parts, webhook: words.webhooks, ledger: words.ledger };
  return (
    <>
      <p class="what">
        <b>{line.title}</b>
        {line.details.map((detail) => (
          <span>{detail}</span>
        ))}
      </p>
      {line.reason !== undefined && <p class="why">{words.because(line.reason)}</p>}
      <p class="muted small">
        <time datetime={line.at}>{exactText(line.at, scene)}</time> · {names[line.source]}
        {line.actor !== undefined && ` · ${words.by(line.actor)}`}
      </p>
      <details class="raw">
        <summary>JSON</summary>
        <pre tabindex={0}>{JSON.stringify(line.raw, null, 2)}</pre>
      </details>
    </>
  );
};
