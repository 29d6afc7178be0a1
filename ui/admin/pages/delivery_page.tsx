import { type AdminScene, may } from "../admin_scene.ts";
import { whenText } from "../admin_time.ts";
import type { DeliveryDetail, EndpointRow } from "../contract.ts";
import { OrderLink } from "../fragments/badges.tsx";
import { type Column, DataTable } from "../fragments/data_table.tsx";
import { ConfirmAction } from "../fragments/forms.tsx";
import { JsonText } from "../fragments/json_text.tsx";
import { DoneNotice } from "../fragments/notices.tsx";
import { answerText, DeliveryTag } from "./endpoint_page.tsx";
import { endpointPath, endpointsPath } from "./endpoints_page.tsx";

type DeliveryPageProps = {
  readonly scene: AdminScene;
  readonly endpoint: EndpointRow;
  readonly delivery: DeliveryDetail;
  readonly done: string | undefined;
};

/** The delivery of one event to one endpoint: its tries, their responses, and the request's body. */
export const DeliveryPage = ({ scene, endpoint, delivery, done }: DeliveryPageProps) => {
  const { t } = scene;
  const { endpoints: words } = t;
  const path = endpointPath(endpoint.endpointId);
  const { id: eventId, kind, createdAt, nextAt, body, log } = delivery;
  const facts: [name: string, value: unknown][] = [
    [words.url, <span class="code cause">{endpoint.url}</span>],
    [words.event, <span class="code">{kind}</span>],
    ["webhook-id", <span class="code">{eventId}</span>],
    [words.order, <OrderLink {...delivery} />],
    [words.at, whenText(createdAt, scene)],
    ...(nextAt === null ? [] : [[words.next, whenText(nextAt, scene)] as [string, string]]),
  ];
  return (
    <>
      <p class="trail">
        <a href={endpointsPath}>{words.title}</a> › <a href={path}>{words.deliveries}</a>
      </p>
      <div class="head">
        <h1>
          {words.eventTypes[kind]} <DeliveryTag scene={scene} state={delivery.state} />
        </h1>
      </div>
      <DoneNotice text={done} isOpen />
      <div class="columns">
        <div class="main">
          <section class="panel" aria-label={words.delivery}>
            <dl class="pairs">
              {facts.map(([name, value]) => (
                <div>
                  <dt>{name}</dt>
                  <dd>{value as never}</dd>
                </div>
              ))}
            </dl>
          </section>
          <section class="panel flush" aria-labelledby="log-title">
            <h2 id="log-title">{words.log}</h2>
            {log.length === 0 ? (
              <p class="muted note">{words.noLog}</p>
            ) : (
              <DataTable caption={words.log} columns={columns(scene)} rows={log} />
            )}
          </section>
          <section class="panel" aria-labelledby="body-title">
            <h2 id="body-title">{words.body}</h2>
            {body === null ? <p class="muted">{words.noBody}</p> : <JsonText text={body} />}
          </section>
        </div>
        {may(scene, "operate") && (
          <div class="side">
            <section class="panel actions" aria-labelledby="actions-title">
              <h2 id="actions-title">{t.actions.title}</h2>
              <ConfirmAction
                action={`${path}/${encodeURIComponent(eventId)}/resend`}
                label={words.resend}
                what={words.resendWhat}
                submit={words.resendSubmit}
              />
            </section>
          </div>
        )}
      </div>
    </>
  );
};

function columns(scene: AdminScene): Column<DeliveryDetail["log"][number]>[] {
  const { endpoints: words } = scene.t;
  return [
    {
      head: words.sentAt,
      isTitle: true,
      isShort: true,
      cell: ({ startedAt }) => <time datetime={startedAt}>{whenText(startedAt, scene)}</time>,
    },
    {
      head: words.response,
      isShort: true,
      isBeside: true,
      cell: (answer) => answerText(scene, answer),
    },
    { head: words.took, isNumber: true, cell: ({ durationMs }) => `${durationMs} ms` },
    {
      head: words.answer,
      isWide: true,
      cell: ({ response }) =>
        response !== null && response !== "" && <span class="cause">{response}</span>,
    },
  ];
}
