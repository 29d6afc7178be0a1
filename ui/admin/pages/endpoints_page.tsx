import { type AdminScene, may } from "../admin_scene.ts";
import { ageText } from "../admin_time.ts";
import type { EndpointRow } from "../contract.ts";
import type { SentEndpoint } from "../endpoint_form.ts";
import { Tag } from "../fragments/badges.tsx";
import { type Column, DataTable } from "../fragments/data_table.tsx";
import { EndpointFields } from "../fragments/endpoint_fields.tsx";
import { EventTabs } from "../fragments/event_tabs.tsx";
import { ConfirmAction } from "../fragments/forms.tsx";
import { DoneNotice, WarnNotice } from "../fragments/notices.tsx";

export const endpointsPath = "/admin/events/endpoints";
export const endpointPath = (endpointId: string) =>
  `${endpointsPath}/${encodeURIComponent(endpointId)}`;

type EndpointsPageProps = {
  readonly scene: AdminScene;
  readonly endpoints: readonly EndpointRow[];
  readonly done: string | undefined;
  readonly sent: SentEndpoint | undefined;
};

/** The shop's own servers that get order events. */
export const EndpointsPage = ({ scene, endpoints, done, sent }: EndpointsPageProps) => {
  const { endpoints: words, events, frame } = scene.t;
  const isAdmin = may(scene, "admin");
  return (
    <>
      <div class="head">
        <h1>{events.title}</h1>
      </div>
      <EventTabs scene={scene} current="endpoints" />
      <p class="muted">{words.note}</p>
      <DoneNotice text={done} />
      {!isAdmin && <p class="muted">{words.adminOnly}</p>}
      {isAdmin && (
        <div class="new-key">
          <ConfirmAction
            action={endpointsPath}
            label={words.add}
            what={words.addWhat}
            submit={words.addSubmit}
            hidden={{ endpointId: crypto.randomUUID() }}
            refused={sent && (sent.refused ?? frame.refusals["invalid_request"])}
          >
            <EndpointFields scene={scene} value={sent} faults={sent?.faults ?? []} />
          </ConfirmAction>
        </div>
      )}
      {endpoints.length === 0 ? (
        <div class="panel blank">
          <h2>{words.none}</h2>
        </div>
      ) : (
        <div class="panel flush">
          <DataTable caption={words.title} columns={columns(scene)} rows={endpoints} />
        </div>
      )}
    </>
  );
};

export const EndpointTag = (props: { scene: AdminScene; endpoint: EndpointRow }) => {
  const { scene, endpoint } = props;
  const { endpoints: words } = scene.t;
  if (endpoint.disabledAt !== null)
    return <Tag tone={endpoint.disabledReason === "operator" ? "quiet" : "warn"}>{words.off}</Tag>;
  if (endpoint.failingSince !== null) return <Tag tone="warn">{words.failing}</Tag>;
  return <Tag tone="good">{words.on}</Tag>;
};

export function eventsText({ t }: AdminScene, { eventTypes }: EndpointRow): string {
  const { endpoints: words } = t;
  return eventTypes?.map((type) => words.eventTypes[type]).join(", ") ?? words.allEvents;
}

function columns(scene: AdminScene): Column<EndpointRow>[] {
  const { endpoints: words } = scene.t;
  return [
    {
      head: words.url,
      isTitle: true,
      isWide: true,
      cell: ({ endpointId, url }) => (
        <a class="code cause" href={endpointPath(endpointId)}>
          {url}
        </a>
      ),
    },
    {
      head: words.state,
      isShort: true,
      isBeside: true,
      cell: (endpoint) => <EndpointTag scene={scene} endpoint={endpoint} />,
    },
    { head: words.about, isMedium: true, cell: ({ description }) => description },
    { head: words.events, isMedium: true, cell: (endpoint) => eventsText(scene, endpoint) },
    {
      head: words.lastSuccess,
      isShort: true,
      cell: ({ lastSuccessAt }) =>
        lastSuccessAt === null ? (
          <span class="muted">{words.never}</span>
        ) : (
          ageText(lastSuccessAt, scene)
        ),
    },
  ];
}

type SecretPageProps = {
  readonly scene: AdminScene;
  readonly secret: string;
  readonly url: string;
};

/** A new endpoint's secret; this page is its only display. */
export const SecretPage = ({ scene, secret, url }: SecretPageProps) => {
  const { endpoints: words, frame } = scene.t;
  return (
    <div class="panel new-key">
      <h1>{words.secretTitle}</h1>
      <p class="code cause">{url}</p>
      <WarnNotice text={words.secretWhat} />
      <p class="code selectable" id="new-key">
        {secret}
      </p>
      <div class="buttons">
        <button
          type="button"
          class="button primary js-only"
          data-copy="new-key"
          data-copied={frame.copied}
          data-copy-failed={frame.copyFailed}
        >
          <span aria-live="polite">{words.secretCopy}</span>
        </button>
        <a class="button" href={endpointsPath}>
          {words.secretBack}
        </a>
      </div>
    </div>
  );
};
