import type { AdminScene } from "../admin_scene.ts";
import { durationText } from "../admin_time.ts";
import type { OutboxState, TopicState } from "../contract.ts";
import { Tag } from "../fragments/badges.tsx";
import { type Column, DataTable } from "../fragments/data_table.tsx";
import { EventTabs } from "../fragments/event_tabs.tsx";
import { WarnNotice } from "../fragments/notices.tsx";

type EventsPageProps = {
  readonly scene: AdminScene;
  /** Undefined while they cannot be read. */
  readonly outbox: readonly OutboxState[] | undefined;
  readonly topics: readonly TopicState[] | undefined;
};

const grouped = new Intl.NumberFormat("en-US");

/** The flow of events: the services' outboxes, Kafka's topics and their consumer groups. */
export const EventsPage = ({ scene, outbox, topics }: EventsPageProps) => {
  const { events: words, frame } = scene.t;
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
        {scene.deps.sandboxUrl !== undefined && (
          <a class="button small" href={scene.deps.sandboxUrl} rel="noreferrer">
            {frame.sandbox} ↗
          </a>
        )}
      </div>
      <EventTabs scene={scene} current="overview" />
      <div
        id="live"
        data-live
        hx-get="/admin/events"
        hx-trigger="refresh"
        hx-select="#live"
        hx-swap="outerMorph"
      >
        <section class="panel flush" aria-labelledby="outbox">
          <h2 id="outbox">{words.outbox}</h2>
          <p class="muted small note">{words.outboxNote}</p>
          <WarnNotice text={outbox ? undefined : frame.errors.awayBody} />
          {outbox && (
            <DataTable caption={words.outbox} columns={outboxColumns(scene)} rows={outbox} />
          )}
        </section>
        <section class="panel flush" aria-labelledby="topics">
          <h2 id="topics">{words.topics}</h2>
          {topics && topics.length > 0 ? (
            <DataTable caption={words.topics} columns={topicColumns(scene)} rows={topics} />
          ) : (
            <WarnNotice text={words.noTopics} />
          )}
        </section>
      </div>
    </>
  );
};

function outboxColumns(scene: AdminScene): Column<OutboxState>[] {
  const { t, language } = scene;
  const { events: words } = t;
  const number = (head: string, of: (state: OutboxState) => number): Column<OutboxState> => ({
    head,
    isNumber: true,
    cell: (state) => grouped.format(of(state)),
  });
  return [
    { head: words.part, isTitle: true, cell: ({ part }) => t.frame.parts[part] },
    number(words.waiting, ({ waiting }) => waiting),
    {
      head: words.oldest,
      isNumber: true,
      cell: ({ waiting, oldestSeconds }) => waiting > 0 && durationText(oldestSeconds, language),
    },
    number(words.written, ({ writtenLastHour }) => writtenLastHour),
    {
      head: words.relays,
      isNumber: true,
      cell: ({ relays }) => (relays > 0 ? relays : <Tag tone="warn">{words.noRelay}</Tag>),
    },
  ];
}

function topicColumns({ t }: AdminScene): Column<TopicState>[] {
  const { events: words } = t;
  return [
    {
      head: words.topic,
      isTitle: true,
      cell: ({ topic }) => (
        <a class="code" href={`/admin/events/topics/${encodeURIComponent(topic)}`}>
          {topic}
        </a>
      ),
    },
    { head: words.partitions, isNumber: true, cell: ({ partitions }) => partitions },
    { head: words.messages, isNumber: true, cell: ({ messages }) => grouped.format(messages) },
    {
      head: words.lag,
      isWide: true,
      cell: ({ groups }) =>
        groups.length > 0 && (
          <ul class="lags">
            {groups.map(({ group, lag }) => (
              <li>
                <span class="code">{group}</span>{" "}
                <Tag tone={lag > 0 ? "warn" : "good"}>{grouped.format(lag)}</Tag>
              </li>
            ))}
          </ul>
        ),
    },
  ];
}
