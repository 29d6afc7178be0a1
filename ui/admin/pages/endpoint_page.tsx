import { type AdminScene, may } from "../admin_scene.ts";
import { ageText, whenText } from "../admin_time.ts";
import type { DeliveryRow, DeliveryState, EndpointRow, Listed } from "../contract.ts";
import type { SentEndpoint } from "../endpoint_form.ts";
import { OrderLink, Tag, type Tone } from "../fragments/badges.tsx";
import { ChoiceChips } from "../fragments/choice_chips.tsx";
import { type Column, DataTable } from "../fragments/data_table.tsx";
import { EndpointActions } from "../fragments/endpoint_actions.tsx";
import { DoneNotice, WarnNotice } from "../fragments/notices.tsx";
import { Pager, type Place } from "../fragments/pager.tsx";
import { endpointPath, endpointsPath, EndpointTag, eventsText } from "./endpoints_page.tsx";

type EndpointPageProps = {
  readonly scene: AdminScene;
  readonly endpoint: EndpointRow;
  readonly state: DeliveryState | undefined;
  readonly place: Place;
  readonly found: Listed<DeliveryRow>;
  readonly done: string | undefined;
  readonly sent: SentEndpoint | undefined;
};

const states = ["waiting", "delivered", "gave_up"] as const;
export const stateOf = (text: string | undefined) => states.find((state) => state === text);

/** An endpoint: its state, its deliveries and its actions. */
export const EndpointPage = (props: EndpointPageProps) => {
  const { scene, endpoint, state, place, found, done, sent } = props;
  const { endpoints: words } = scene.t;
  const path = endpointPath(endpoint.endpointId);
  const query = new URLSearchParams(state === undefined ? {} : { state });
  const choices = [undefined, ...states].map((choice) => ({
    href: choice === undefined ? path : `${path}?state=${choice}`,
    text: words.states[choice ?? "all"],
    isChosen: choice === state,
  }));
  return (
    <>
      <p class="trail">
        <a href={endpointsPath}>{words.title}</a>
      </p>
      <div class="head">
        <h1 class="cause">
          {endpoint.url} <EndpointTag scene={scene} endpoint={endpoint} />
        </h1>
      </div>
      <DoneNotice text={done} />
      <WarnNotice
        text={endpoint.disabledReason === null ? undefined : words.reasons[endpoint.disabledReason]}
      />
      <div class="columns">
        <div class="main">
          <Facts scene={scene} endpoint={endpoint} />
          <h2>{words.deliveries}</h2>
          <ChoiceChips label={words.state} choices={choices} />
          {found.rows.length === 0 ? (
            <div class="panel blank">
              <h2>{words.noDeliveries}</h2>
            </div>
          ) : (
            <div class="panel flush">
              <DataTable
                caption={words.deliveries}
                columns={columns(scene, path)}
                rows={found.rows}
              />
            </div>
          )}
          <Pager scene={scene} path={path} query={query} place={place} next={found.next} />
        </div>
        {may(scene, "operate") && (
          <div class="side">
            <EndpointActions scene={scene} endpoint={endpoint} path={path} sent={sent} />
          </div>
        )}
      </div>
    </>
  );
};

const Facts = ({ scene, endpoint }: { scene: AdminScene; endpoint: EndpointRow }) => {
  const { endpoints: words } = scene.t;
  const { description, failingSince, lastSuccessAt, formerSecretUntil } = endpoint;
  const facts: [name: string, text: string | false][] = [
    [words.about, description !== "" && description],
    [words.events, eventsText(scene, endpoint)],
    [words.created, whenText(endpoint.createdAt, scene)],
    [words.lastSuccess, lastSuccessAt === null ? words.never : whenText(lastSuccessAt, scene)],
    [words.failingSince, failingSince !== null && whenText(failingSince, scene)],
    [words.formerSecret, formerSecretUntil !== null && whenText(formerSecretUntil, scene)],
  ];
  return (
    <section class="panel" aria-label={words.title}>
      <dl class="pairs">
        {facts.map(
          ([name, text]) =>
            text !== false && (
              <div>
                <dt>{name}</dt>
                <dd>{text}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
};

const tones: Readonly<Record<DeliveryState, Tone>> = {
  waiting: "wait",
  delivered: "good",
  gave_up: "warn",
};

export const DeliveryTag = ({ scene, state }: { scene: AdminScene; state: DeliveryState }) => (
  <Tag tone={tones[state]}>{scene.t.endpoints.states[state]}</Tag>
);

export function answerText(
  { t }: AdminScene,
  answer: { readonly status: number | null; readonly error: string | null },
): string {
  if (answer.status !== null) return String(answer.status);
  return answer.error === null ? "" : t.endpoints.noResponse(answer.error);
}

function columns(scene: AdminScene, path: string): Column<DeliveryRow>[] {
  const { endpoints: words } = scene.t;
  return [
    {
      head: words.event,
      isTitle: true,
      cell: ({ id, kind }) => (
        <a href={`${path}/${encodeURIComponent(id)}`}>{words.eventTypes[kind]}</a>
      ),
    },
    {
      head: words.state,
      isShort: true,
      isBeside: true,
      cell: ({ state }) => <DeliveryTag scene={scene} state={state} />,
    },
    {
      head: words.order,
      isShort: true,
      cell: (delivery) => <OrderLink {...delivery} />,
    },
    {
      head: words.last,
      isWide: true,
      cell: ({ lastStatus: status, lastError: error, tries, nextAt }) => (
        <span>
          {answerText(scene, { status, error })}{" "}
          <span class="muted small">
            {words.triesOf(String(tries))}
            {nextAt !== null && `, ${words.nextOf(ageText(nextAt, scene))}`}
          </span>
        </span>
      ),
    },
    {
      head: words.at,
      isNumber: true,
      isShort: true,
      cell: ({ createdAt }) => <time datetime={createdAt}>{whenText(createdAt, scene)}</time>,
    },
  ];
}
