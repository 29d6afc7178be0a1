import { mailMessages } from "../../mails/mail_messages.ts";
import { type AdminScene, may } from "../admin_scene.ts";
import { whenText } from "../admin_time.ts";
import type { Listed, MailDetail, MailFilter, MailRow } from "../contract.ts";
import { OrderLink, shortId, Tag } from "../fragments/badges.tsx";
import { ChoiceChips } from "../fragments/choice_chips.tsx";
import { type Column, DataTable } from "../fragments/data_table.tsx";
import { EventTabs } from "../fragments/event_tabs.tsx";
import { ConfirmAction } from "../fragments/forms.tsx";
import { DoneNotice, WarnNotice } from "../fragments/notices.tsx";
import { Pager, type Place } from "../fragments/pager.tsx";

type MailsPageProps = {
  readonly scene: AdminScene;
  readonly filter: MailFilter;
  readonly place: Place;
  readonly found: Listed<MailRow> & { readonly isSending: boolean };
};

export const mailsPath = "/admin/events/mails";
export const mailPath = (id: string) => `${mailsPath}/${encodeURIComponent(id)}`;

/** Mails to shoppers with their states. */
export const MailsPage = ({ scene, filter, place, found }: MailsPageProps) => {
  const { mails: words } = scene.t;
  const choices = ([undefined, "gave_up"] as const).map((state) => ({
    href: address({ ...filter, state }),
    text: words.states[state ?? "all"],
    isChosen: state === filter.state,
  }));
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
      </div>
      <EventTabs scene={scene} current="mails" />
      {!found.isSending && <p class="muted">{words.notSending}</p>}
      <ChoiceChips label={words.stateLabel} choices={choices} />
      {filter.orderId !== undefined && (
        <p>
          {words.ofOrder(found.rows[0]?.orderNumber ?? shortId(filter.orderId))}{" "}
          <a class="alone" href={mailsPath}>
            {words.showAll}
          </a>
        </p>
      )}
      {found.rows.length === 0 ? (
        <div class="panel blank">
          <h2>{words.none}</h2>
        </div>
      ) : (
        <div class="panel flush">
          <DataTable
            caption={words.title}
            columns={columns(scene, found.isSending)}
            rows={found.rows}
          />
        </div>
      )}
      <Pager
        scene={scene}
        path={mailsPath}
        query={queryOf(filter)}
        place={place}
        next={found.next}
      />
    </>
  );
};

function queryOf({ state, orderId }: MailFilter): URLSearchParams {
  const query = new URLSearchParams();
  if (state !== undefined) query.set("state", state);
  if (orderId !== undefined) query.set("orderId", orderId);
  return query;
}

function address(filter: MailFilter): string {
  const query = queryOf(filter).toString();
  return query === "" ? mailsPath : `${mailsPath}?${query}`;
}

const MailTag = (props: { scene: AdminScene; mail: MailRow; isSending: boolean }) => {
  const { outcomes } = props.scene.t.mails;
  const { state, tries } = props.mail;
  if (state === "delivered") return <Tag tone="good">{outcomes.sent}</Tag>;
  if (state === "gave_up" && tries > 0) return <Tag tone="warn">{outcomes.gave_up}</Tag>;
  if (state === "gave_up" || !props.isSending) return <Tag tone="quiet">{outcomes.kept}</Tag>;
  return <Tag tone="wait">{outcomes.waiting}</Tag>;
};

function columns(scene: AdminScene, isSending: boolean): Column<MailRow>[] {
  const { mails: words } = scene.t;
  const { kinds } = mailMessages[scene.language];
  return [
    {
      head: words.mail,
      isTitle: true,
      isMedium: true,
      cell: ({ id, kind }) =>
        may(scene, "operate") ? <a href={mailPath(id)}>{kinds[kind].title}</a> : kinds[kind].title,
    },
    {
      head: words.stateLabel,
      isShort: true,
      isBeside: true,
      cell: (mail) => <MailTag scene={scene} mail={mail} isSending={isSending} />,
    },
    {
      head: words.order,
      isShort: true,
      cell: (mail) => <OrderLink {...mail} />,
    },
    {
      head: words.error,
      isWide: true,
      cell: ({ lastError }) => lastError,
    },
    { head: words.tries, isNumber: true, cell: ({ tries }) => tries },
    {
      head: words.created,
      isNumber: true,
      isShort: true,
      cell: ({ createdAt }) => <time datetime={createdAt}>{whenText(createdAt, scene)}</time>,
    },
  ];
}

type MailPageProps = {
  readonly scene: AdminScene;
  readonly mail: MailDetail;
  readonly done: string | undefined;
  readonly refused: string | undefined;
};

/** A mail as text. Its HTML opens as a separate document without any rights. */
export const MailPage = ({ scene, mail, done, refused }: MailPageProps) => {
  const { mails: words } = scene.t;
  const { kinds } = mailMessages[scene.language];
  const path = mailPath(mail.id);
  const pairs: readonly (readonly [string, string | null])[] = [
    [words.to, mail.to],
    [words.subject, mail.content.subject],
    [words.created, whenText(mail.createdAt, scene)],
    [words.next, mail.nextAt && whenText(mail.nextAt, scene)],
    [words.sentAt, mail.endedAt && whenText(mail.endedAt, scene)],
    [words.tries, String(mail.tries)],
    [words.error, mail.lastError],
  ];
  return (
    <>
      <p class="trail">
        <a href={mailsPath}>{words.title}</a>
      </p>
      <div class="head">
        <h1>
          {kinds[mail.kind].title} <MailTag scene={scene} mail={mail} isSending />
        </h1>
      </div>
      <DoneNotice text={done} />
      <WarnNotice text={refused} />
      <section class="panel" aria-label={words.mail}>
        <dl class="pairs">
          {pairs.map(
            ([name, value]) =>
              value !== null && (
                <div>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ),
          )}
          <div>
            <dt>{words.order}</dt>
            <dd>
              <OrderLink {...mail} />
            </dd>
          </div>
        </dl>
        <pre class="mail-text" tabindex={0}>
          {mail.content.text}
        </pre>
        <p>
          <a class="button" href={`${path}/html`} target="_blank" rel="noreferrer">
            {words.html} ↗
          </a>
        </p>
      </section>
      <section class="panel actions" aria-label={words.resend}>
        <ConfirmAction
          action={`${path}/resend`}
          label={words.resend}
          what={words.resendWhat}
          submit={words.resend}
        />
      </section>
    </>
  );
};
