import { type AdminScene, may } from "../admin_scene.ts";
import { ageText } from "../admin_time.ts";
import type { DeadLetter, Listed } from "../contract.ts";
import { shortId, Tag } from "../fragments/badges.tsx";
import { ChoiceChips } from "../fragments/choice_chips.tsx";
import { type Column, DataTable } from "../fragments/data_table.tsx";
import { EventTabs } from "../fragments/event_tabs.tsx";
import { ConfirmAction } from "../fragments/forms.tsx";
import { DoneNotice, WarnNotice } from "../fragments/notices.tsx";
import { Pager, type Place } from "../fragments/pager.tsx";
import { SearchForm } from "../fragments/search_form.tsx";

type DeadLettersPageProps = {
  readonly scene: AdminScene;
  readonly state: "open" | "all";
  readonly q: string | undefined;
  readonly place: Place;
  readonly found: Listed<DeadLetter>;
  readonly done: string | undefined;
  readonly refused: string | undefined;
};

const path = "/admin/events/dead-letters";

export const DeadLettersPage = (props: DeadLettersPageProps) => {
  const { scene, state, q, place, found, done, refused } = props;
  const { events: words } = scene.t;
  const query = queryOf(state, q);
  const none = q === undefined ? words.noDeadLetters : words.noDeadLettersFound;
  const choices = (["open", "all"] as const).map((choice) => ({
    href: address(choice, q),
    text: words.states[choice],
    isChosen: choice === state,
  }));
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
      </div>
      <EventTabs scene={scene} current="deadLetters" />
      <p class="muted">{words.deadNote}</p>
      <DoneNotice text={done} />
      <WarnNotice text={refused} />
      <SearchForm
        action={path}
        name="q"
        label={words.q}
        value={q}
        submit={words.search}
        hidden={{ state: state === "all" ? "all" : undefined }}
      />
      <ChoiceChips label={words.stateLabel} choices={choices} />
      {found.rows.length === 0 ? (
        <div class="panel blank">
          <h2>{found.next === null ? none : scene.t.frame.keepLooking}</h2>
        </div>
      ) : (
        <div class="panel flush">
          <DataTable caption={words.deadLetters} columns={columns(scene)} rows={found.rows} />
        </div>
      )}
      <Pager scene={scene} path={path} query={query} place={place} next={found.next} />
      {may(scene, "operate") && <Causes scene={scene} letters={found.rows} />}
    </>
  );
};

function queryOf(state: "open" | "all", q: string | undefined): URLSearchParams {
  const query = new URLSearchParams();
  if (state === "all") query.set("state", state);
  if (q !== undefined) query.set("q", q);
  return query;
}

function address(state: "open" | "all", q: string | undefined): string {
  const query = queryOf(state, q).toString();
  return query === "" ? path : `${path}?${query}`;
}

export function letterPath({ part, id }: Pick<DeadLetter, "part" | "id">): string {
  return `${path}/${part}/${encodeURIComponent(id)}`;
}

/** The letter's state: open, replayed or discarded. */
export const LetterTag = ({ scene, letter }: { scene: AdminScene; letter: DeadLetter }) => {
  const { events: words } = scene.t;
  if (letter.discardedAt !== null) return <Tag tone="quiet">{words.discarded}</Tag>;
  if (letter.replayedAt !== null) return <Tag tone="good">{words.replayed}</Tag>;
  return <Tag tone="warn">{words.open}</Tag>;
};

function columns(scene: AdminScene): Column<DeadLetter>[] {
  const { t } = scene;
  const { events: words } = t;
  return [
    {
      head: words.error,
      isTitle: true,
      isWide: true,
      cell: (letter) => (
        <a class="cause" href={letterPath(letter)}>
          {letter.error}
        </a>
      ),
    },
    {
      head: words.stateLabel,
      isShort: true,
      isBeside: true,
      cell: (letter) => <LetterTag scene={scene} letter={letter} />,
    },
    { head: words.part, isShort: true, cell: ({ part }) => t.frame.parts[part] },
    { head: words.topic, cell: ({ topic }) => <span class="code">{topic}</span> },
    {
      head: words.key,
      isShort: true,
      cell: ({ key }) => key !== null && <span class="code">{shortId(key)}</span>,
    },
    {
      head: words.at,
      isShort: true,
      isNumber: true,
      cell: ({ createdAt }) => <time datetime={createdAt}>{ageText(createdAt, scene)}</time>,
    },
  ];
}

/** For each cause on this page, a form that replays all its letters. */
const Causes = ({ scene, letters }: { scene: AdminScene; letters: readonly DeadLetter[] }) => {
  const { events: words, frame } = scene.t;
  const open = letters.filter(({ replayedAt, discardedAt }) => !replayedAt && !discardedAt);
  const causes = new Map(open.map((letter) => [`${letter.part} ${letter.error}`, letter]));
  if (causes.size === 0) return <></>;
  return (
    <section class="panel" aria-labelledby="causes-title">
      <h2 id="causes-title">{words.replayAll}</h2>
      <ul class="causes">
        {[...causes.values()].map(({ part, error }) => (
          <li>
            <ConfirmAction
              action={`${path}/replay-cause`}
              label={`${frame.parts[part]} · ${error}`}
              what={words.replayAllWhat(error)}
              submit={words.replayAll}
              hidden={{ part, error }}
            />
          </li>
        ))}
      </ul>
    </section>
  );
};
