import type { TimelineEntry, TimelineKind } from "../contract.ts";
import { declineReason } from "../messages/decline_reasons.ts";
import { wonText } from "../money_text.ts";
import type { Scene } from "../scene.ts";
import { momentText, zoneNotes } from "../time_text.ts";

type TimelineProps = {
  readonly scene: Scene;
  readonly entries: readonly TimelineEntry[];
};

/** Events, oldest first. Not a live region, because the verdict already announces each change. */
export const Timeline = ({ scene, entries }: TimelineProps) => {
  const { t, language } = scene;
  return (
    <section class="card" aria-labelledby="timeline-title">
      <h2 id="timeline-title">{t.timeline.title}</h2>
      <ol class="timeline">
        {entries.map(({ kind, at, amount, reason }) => (
          <li class={tones[kind]}>
            <p class="what">
              <span>{t.timeline[kind]}</span>
              {amount !== undefined && <span class="sum">{wonText(amount, language)}</span>}
            </p>
            {reason && <p class="why">{declineReason(reason, language)}</p>}
            <time datetime={at}>{momentText(at, scene)}</time>
          </li>
        ))}
      </ol>
      {zoneNotes[language] && <p class="hint">{zoneNotes[language]}</p>}
    </section>
  );
};

/** Colours in addition to the text. */
const tones: Partial<Record<TimelineKind, "good" | "warn">> = {
  paid: "good",
  declined: "warn",
  deposit_reversed: "warn",
  came_late: "warn",
  refund_delayed: "warn",
};
