import type { AdminScene } from "../admin_scene.ts";
import { exactText } from "../admin_time.ts";
import type { Listed, TopicMessage } from "../contract.ts";
import { OrderLink } from "../fragments/badges.tsx";
import { EventTabs } from "../fragments/event_tabs.tsx";
import { JsonText } from "../fragments/json_text.tsx";
import { Pager, type Place } from "../fragments/pager.tsx";
import { SearchForm } from "../fragments/search_form.tsx";

type TopicPageProps = {
  readonly scene: AdminScene;
  readonly topic: string;
  readonly key: string | undefined;
  readonly place: Place;
  readonly found: Listed<TopicMessage>;
};

/** The messages of a topic, newest first. */
export const TopicPage = ({ scene, topic, key, place, found }: TopicPageProps) => {
  const { events: words } = scene.t;
  const none = key === undefined ? words.noMessages : words.noMessagesForKey;
  const path = `/admin/events/topics/${encodeURIComponent(topic)}`;
  const query = new URLSearchParams(key === undefined ? [] : [["key", key]]);
  return (
    <>
      <div class="head">
        <h1 class="code">{topic}</h1>
      </div>
      <EventTabs scene={scene} current="overview" />
      <SearchForm
        action={path}
        name="key"
        label={words.key}
        hint={words.keyHint}
        value={key}
        submit={words.search}
      />
      {found.rows.length === 0 ? (
        <div class="panel blank">
          <p>{found.next === null ? none : scene.t.frame.keepLooking}</p>
        </div>
      ) : (
        <ul class="panel flush records">
          {found.rows.map((message) => (
            <li>
              <details class="record">
                <summary>
                  <time datetime={message.at}>{exactText(message.at, scene)}</time>
                  <span class="code">{message.key ?? "–"}</span>
                  <span class="muted small nowrap">
                    {message.partition}:{message.offset}
                  </span>
                </summary>
                {message.key !== null && isOrderId(message.key) && (
                  <p>
                    <OrderLink orderId={message.key} />
                  </p>
                )}
                <JsonText text={message.value} />
              </details>
            </li>
          ))}
        </ul>
      )}
      <Pager scene={scene} path={path} query={query} place={place} next={found.next} />
    </>
  );
};

const isOrderId = (text: string) => /^[\da-f]{8}-[\da-f-]{27}$/.test(text);
