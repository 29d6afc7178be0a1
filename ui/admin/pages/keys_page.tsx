import { describedBy, FieldError } from "../../fragments/field.tsx";
import { type AdminScene, may } from "../admin_scene.ts";
import { ageText, whenText } from "../admin_time.ts";
import { type ApiKey, type Listed, roles } from "../contract.ts";
import { Tag } from "../fragments/badges.tsx";
import { type Column, DataTable } from "../fragments/data_table.tsx";
import { ConfirmAction, TextField } from "../fragments/forms.tsx";
import { KeyTabs } from "../fragments/key_tabs.tsx";
import { DoneNotice, WarnNotice } from "../fragments/notices.tsx";
import { Pager, type Place } from "../fragments/pager.tsx";
import type { SentKey } from "../key_form.ts";

type KeysPageProps = {
  readonly scene: AdminScene;
  readonly place: Place;
  readonly found: Listed<ApiKey>;
  readonly done: string | undefined;
  readonly refused: string | undefined;
  readonly sent: SentKey | undefined;
};

/** Keys for the API and the console. */
export const KeysPage = (props: KeysPageProps) => {
  const { scene, place, found, done, refused } = props;
  const { keys: words } = scene.t;
  const isAdmin = may(scene, "admin");
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
      </div>
      <KeyTabs scene={scene} current="keys" />
      <p class="muted">{words.keysNote}</p>
      <DoneNotice text={done} />
      <WarnNotice text={refused} />
      {!isAdmin && <p class="muted">{words.adminOnly}</p>}
      {isAdmin && <NewKey {...props} />}
      <div class="panel flush">
        <DataTable caption={words.keys} columns={columns(scene)} rows={found.rows} />
      </div>
      <Pager
        scene={scene}
        path="/admin/keys"
        query={new URLSearchParams()}
        place={place}
        next={found.next}
      />
    </>
  );
};

const NewKey = ({ scene, sent }: KeysPageProps) => {
  const { keys: words, frame } = scene.t;
  const faults = sent?.faults ?? [];
  const error = (field: string, text: string) => (faults.includes(field) ? text : undefined);
  const roleError = error("role", words.roleWrong);
  return (
    <div class="new-key">
      <ConfirmAction
        action="/admin/keys"
        label={words.create}
        what={words.createWhat}
        submit={words.createSubmit}
        refused={sent && (faults.length > 0 ? frame.refusals["invalid_request"] : sent.refused)}
      >
        <TextField
          id="key-name"
          name="name"
          label={words.name}
          value={sent?.name}
          error={error("name", sent?.refused ?? words.nameWrong)}
          hint={words.nameHint}
          input={{ maxlength: 60, autocomplete: "off", required: true }}
        />
        <fieldset class="field extent" aria-describedby={describedBy("key-role", roleError)}>
          <legend>{words.role}</legend>
          {roles.map((role) => (
            <label>
              <input type="radio" name="role" value={role} checked={sent?.role === role} />
              <span>
                <b>{frame.roles[role]}</b> <span class="muted small">{words.roleWhat[role]}</span>
              </span>
            </label>
          ))}
          <FieldError field="key-role" error={roleError} />
        </fieldset>
        <TextField
          id="key-expires"
          name="expiresOn"
          label={words.expiresOn}
          value={sent?.expiresOn}
          error={error("expiresOn", words.expiresWrong)}
          input={{ type: "date" }}
        />
      </ConfirmAction>
    </div>
  );
};

function columns(scene: AdminScene): Column<ApiKey>[] {
  const { keys: words, frame } = scene.t;
  const isRevocable = (key: ApiKey) =>
    key.revokedAt === null && !key.isFromSettings && may(scene, "admin");
  return [
    { head: words.name, isTitle: true, cell: ({ name }) => <b>{name}</b> },
    {
      head: words.state,
      isShort: true,
      isBeside: true,
      cell: (key) => <KeyTag scene={scene} apiKey={key} />,
    },
    { head: words.role, isShort: true, cell: ({ role }) => frame.roles[role] },
    {
      head: words.created,
      isWide: true,
      cell: (key) =>
        key.isFromSettings ? (
          words.fromSettings
        ) : (
          <span>
            {whenText(key.createdAt, scene)}{" "}
            <span class="muted small">{words.createdBy(key.createdBy)}</span>
          </span>
        ),
    },
    {
      head: words.lastUsed,
      isShort: true,
      // the last use of the settings' key is not recorded
      cell: ({ lastUsedAt, isFromSettings }) =>
        lastUsedAt === null ? (
          <span class="muted">{isFromSettings ? "–" : words.never}</span>
        ) : (
          ageText(lastUsedAt, scene)
        ),
    },
    {
      head: words.expires,
      isShort: true,
      cell: ({ expiresAt }) =>
        expiresAt === null ? (
          <span class="muted">{words.noExpiry}</span>
        ) : (
          whenText(expiresAt, scene)
        ),
    },
    {
      head: words.revoke,
      isAction: true,
      cell: (key) =>
        isRevocable(key) && (
          <ConfirmAction
            action={`/admin/keys/${encodeURIComponent(key.keyId)}/revoke`}
            label={words.revoke}
            what={words.revokeWhat(key.name)}
            submit={words.revokeSubmit}
            isDanger
          />
        ),
    },
  ];
}

const KeyTag = ({ scene, apiKey }: { scene: AdminScene; apiKey: ApiKey }) => {
  const { keys: words } = scene.t;
  const { revokedAt, expiresAt } = apiKey;
  if (revokedAt !== null) return <Tag tone="quiet">{words.revoked}</Tag>;
  if (expiresAt !== null && Date.parse(expiresAt) <= scene.now.getTime())
    return <Tag tone="quiet">{words.expired}</Tag>;
  return <Tag tone="good">{words.inForce}</Tag>;
};

type NewKeyPageProps = {
  readonly scene: AdminScene;
  readonly apiKey: string;
  readonly name: string;
};

/** A new key; this page is its only display. */
export const NewKeyPage = ({ scene, apiKey, name }: NewKeyPageProps) => {
  const { keys: words, frame } = scene.t;
  return (
    <div class="panel new-key">
      <h1>{words.madeTitle}</h1>
      <p>
        <b>{name}</b>
      </p>
      <WarnNotice text={words.madeWhat} />
      <p class="code selectable" id="new-key">
        {apiKey}
      </p>
      <div class="buttons">
        <button
          type="button"
          class="button primary js-only"
          data-copy="new-key"
          data-copied={frame.copied}
          data-copy-failed={frame.copyFailed}
        >
          <span aria-live="polite">{words.madeCopy}</span>
        </button>
        <a class="button" href="/admin/keys">
          {words.madeBack}
        </a>
      </div>
    </div>
  );
};
