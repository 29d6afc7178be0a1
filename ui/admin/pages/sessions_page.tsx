import { type AdminScene, may } from "../admin_scene.ts";
import { ageText, whenText } from "../admin_time.ts";
import { browserName } from "../browser_name.ts";
import type { AdminSession, AuditEntry, Listed } from "../contract.ts";
import { Tag } from "../fragments/badges.tsx";
import { type Column, DataTable } from "../fragments/data_table.tsx";
import { ConfirmAction } from "../fragments/forms.tsx";
import { KeyTabs } from "../fragments/key_tabs.tsx";
import { DoneNotice } from "../fragments/notices.tsx";
import { Pager, type Place } from "../fragments/pager.tsx";
import { actorText } from "../order_history.ts";

type SessionsPageProps = {
  readonly scene: AdminScene;
  readonly place: Place;
  readonly found: Listed<AdminSession>;
  readonly done: string | undefined;
};

/** Sessions of the console: key, browser and address. */
export const SessionsPage = ({ scene, place, found, done }: SessionsPageProps) => {
  const { keys: words } = scene.t;
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
      </div>
      <KeyTabs scene={scene} current="sessions" />
      <DoneNotice text={done} />
      <div class="panel flush">
        <DataTable caption={words.sessions} columns={sessionColumns(scene)} rows={found.rows} />
      </div>
      <Pager
        scene={scene}
        path="/admin/keys/sessions"
        query={new URLSearchParams()}
        place={place}
        next={found.next}
      />
    </>
  );
};

function sessionColumns(scene: AdminScene): Column<AdminSession>[] {
  const { keys: words, frame } = scene.t;
  const isActive = ({ endedAt, expiresAt }: AdminSession) =>
    endedAt === null && Date.parse(expiresAt) > scene.now.getTime();
  const isOwn = ({ sessionId }: AdminSession) => sessionId === scene.operator?.sessionId;
  return [
    {
      head: words.name,
      isTitle: true,
      cell: (session) => (
        <span>
          <b>{session.name}</b> {isOwn(session) && <span class="muted small">{words.yours}</span>}
        </span>
      ),
    },
    {
      head: words.state,
      isShort: true,
      isBeside: true,
      cell: (session) =>
        isActive(session) ? (
          <Tag tone="good">{words.active}</Tag>
        ) : (
          <Tag tone="quiet">{words.ended}</Tag>
        ),
    },
    { head: words.role, isShort: true, cell: ({ role }) => frame.roles[role] },
    {
      head: words.where,
      isWide: true,
      cell: ({ address, userAgent }) => (
        <span>
          <span class="code">{address}</span>{" "}
          <span class="muted small" title={userAgent}>
            {browserName(userAgent)}
          </span>
        </span>
      ),
    },
    {
      head: words.started,
      isShort: true,
      cell: ({ createdAt }) => whenText(createdAt, scene),
    },
    { head: words.seen, isShort: true, cell: ({ lastSeenAt }) => ageText(lastSeenAt, scene) },
    {
      head: words.end,
      isAction: true,
      cell: (session) =>
        isActive(session) &&
        !isOwn(session) &&
        may(scene, "admin") && (
          <ConfirmAction
            action={`/admin/keys/sessions/${encodeURIComponent(session.sessionId)}/end`}
            label={words.end}
            what={words.endWhat(session.name)}
            submit={words.endSubmit}
            isDanger
          />
        ),
    },
  ];
}

type AuditPageProps = {
  readonly scene: AdminScene;
  readonly place: Place;
  readonly found: Listed<AuditEntry>;
};

/** Changes by operators other than those of orders. */
export const AuditPage = ({ scene, place, found }: AuditPageProps) => {
  const { keys: words } = scene.t;
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
      </div>
      <KeyTabs scene={scene} current="audit" />
      <p class="muted">{words.auditNote}</p>
      {found.rows.length === 0 ? (
        <div class="panel blank">
          <h2>{words.noAudit}</h2>
        </div>
      ) : (
        <div class="panel flush">
          <DataTable caption={words.audit} columns={auditColumns(scene)} rows={found.rows} />
        </div>
      )}
      <Pager
        scene={scene}
        path="/admin/keys/audit"
        query={new URLSearchParams()}
        place={place}
        next={found.next}
      />
    </>
  );
};

function auditColumns(scene: AdminScene): Column<AuditEntry>[] {
  const { keys: words, frame } = scene.t;
  return [
    {
      head: words.what,
      isTitle: true,
      cell: ({ action, subject }) => (
        <span>
          <b>{words.actions[action] ?? action}</b> <span class="code">{subject}</span>
        </span>
      ),
    },
    { head: words.who, isShort: true, cell: ({ actor }) => actorText(scene, actor) },
    { head: frame.reason, isWide: true, cell: ({ reason }) => reason },
    {
      head: words.at,
      isNumber: true,
      isShort: true,
      cell: ({ at }) => <time datetime={at}>{whenText(at, scene)}</time>,
    },
  ];
}
