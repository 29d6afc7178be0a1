import { wonText } from "../../money_text.ts";
import { type AdminScene, may } from "../admin_scene.ts";
import { ageText, dayText } from "../admin_time.ts";
import type { Reconciliation, ListedException } from "@payflow/back-office";
import { OrderLink, Tag } from "../fragments/badges.tsx";
import { type Column, DataTable } from "../fragments/data_table.tsx";
import { ConfirmAction, ReasonField } from "../fragments/forms.tsx";
import { DoneNotice, WarnNotice } from "../fragments/notices.tsx";

/** A rejected form: of one difference, or of all differences of a kind. */
export type SentResolution = {
  readonly key: string;
  readonly reason: string;
  readonly refused: string;
  readonly isReasonFaulty: boolean;
};

type DayPageProps = {
  readonly scene: AdminScene;
  readonly day: string;
  readonly found: Reconciliation | null;
  readonly done: string | undefined;
  readonly refused: string | undefined;
  readonly sent: SentResolution | undefined;
};

const grouped = new Intl.NumberFormat("en-US");
const kinds = ["missing_here", "missing_there", "differs"] as const;

/** The comparison of one day of Toss's list with the ledger. */
export const DayPage = (props: DayPageProps) => {
  const { scene, day, found, done, refused } = props;
  const { money: words } = scene.t;
  const open = found?.exceptions.filter(({ resolvedAt }) => resolvedAt === null) ?? [];
  const resolved = found?.exceptions.filter(({ resolvedAt }) => resolvedAt !== null) ?? [];
  return (
    <>
      <p class="trail">
        <a href={`/admin/money?month=${day.slice(0, 7)}`}>{words.title}</a>
      </p>
      <div class="head">
        <h1>{words.dayTitle(dayText(day, scene))}</h1>
      </div>
      <DoneNotice text={done} />
      <WarnNotice text={refused} />
      <div class="panel">
        <Result scene={scene} found={found} open={open.length} />
        {may(scene, "operate") && (
          <form method="post" action={`/admin/money/${day}/compare`} class="row" data-once>
            <button class="button" aria-describedby="again-what">
              {words.again}
            </button>
            <p class="muted small" id="again-what">
              {words.againWhat}
            </p>
          </form>
        )}
      </div>
      {kinds.map((kind) => (
        <Kind {...props} kind={kind} exceptions={open.filter((row) => row.kind === kind)} />
      ))}
      {resolved.length > 0 && (
        <section class="panel flush" aria-labelledby="resolved-title">
          <h2 id="resolved-title">{words.resolved}</h2>
          <DataTable
            caption={words.resolved}
            columns={[
              ...columns(scene),
              { head: words.why, isWide: true, cell: ({ reason }) => reason },
            ]}
            rows={resolved}
          />
        </section>
      )}
    </>
  );
};

type ResultProps = Pick<DayPageProps, "scene" | "found"> & { readonly open: number };

const Result = ({ scene, found, open }: ResultProps) => {
  const { money: words } = scene.t;
  if (found === null) return <p>{words.never}</p>;
  if (found.finishedAt === null) return <p>{words.pending}</p>;
  return (
    <>
      <p>
        <Tag tone="good">{words.matched(grouped.format(found.matched ?? 0))}</Tag>{" "}
        {open > 0 && <Tag tone="warn">{words.open(grouped.format(open))}</Tag>}{" "}
        <span class="muted small">{words.compared(ageText(found.finishedAt, scene))}</span>
      </p>
      {open === 0 && <p>{words.allMatch}</p>}
    </>
  );
};

type KindProps = DayPageProps & {
  readonly kind: ListedException["kind"];
  readonly exceptions: readonly ListedException[];
};

const Kind = ({ scene, day, kind, exceptions, sent }: KindProps) => {
  const { money: words } = scene.t;
  if (exceptions.length === 0) return <></>;
  const mayResolve = may(scene, "operate");
  const resolve: Column<ListedException> = {
    head: words.resolve,
    isAction: true,
    cell: (exception) => (
      <Resolve
        scene={scene}
        day={day}
        sent={sent}
        exceptionKey={keyOf(exception)}
        words={{ label: words.resolve, what: words.resolveWhat, submit: words.resolve }}
      />
    ),
  };
  const all = words.resolveAll(grouped.format(exceptions.length));
  return (
    <section class="panel flush" aria-labelledby={`${kind}-title`}>
      <h2 id={`${kind}-title`}>
        {words.kinds[kind]} <Tag tone="warn">{grouped.format(exceptions.length)}</Tag>
      </h2>
      <p class="muted note">{words.kindsWhy[kind]}</p>
      <DataTable
        caption={words.kinds[kind]}
        columns={[...columns(scene), ...(mayResolve ? [resolve] : [])]}
        rows={exceptions}
      />
      {mayResolve && exceptions.length > 1 && (
        <div class="note">
          <Resolve
            scene={scene}
            day={day}
            sent={sent}
            exceptionKey={`all:${kind}`}
            words={{ label: all, what: words.resolveAllWhat, submit: all }}
          />
        </div>
      )}
    </section>
  );
};

/** Identifies a difference in a form. */
export function keyOf({ kind, paymentKey, transactionKey }: ListedException): string {
  return [kind, paymentKey, transactionKey].join("|");
}

type ResolveProps = Pick<DayPageProps, "scene" | "day" | "sent"> & {
  readonly exceptionKey: string;
  readonly words: { readonly label: string; readonly what: string; readonly submit: string };
};

const Resolve = ({ scene, day, sent, exceptionKey, words }: ResolveProps) => {
  const mine = sent?.key === exceptionKey ? sent : undefined;
  return (
    <ConfirmAction
      action={`/admin/money/${day}/resolve`}
      {...words}
      refused={mine?.refused}
      hidden={{ exception: exceptionKey }}
    >
      <ReasonField
        scene={scene}
        id={`reason-${exceptionKey.replace(/[^\w-]/g, "-")}`}
        value={mine?.reason}
        error={mine?.isReasonFaulty ? scene.t.frame.reasonMissing : undefined}
      />
    </ConfirmAction>
  );
};

function columns(scene: AdminScene): Column<ListedException>[] {
  const { t, language } = scene;
  const { money: words, order } = t;
  const sum = (won: number | null) => won !== null && wonText(won, language);
  return [
    {
      head: words.order,
      isTitle: true,
      isShort: true,
      cell: ({ orderId }) => <OrderLink orderId={orderId} />,
    },
    { head: words.listed, isNumber: true, isShort: true, cell: ({ listed }) => sum(listed) },
    { head: words.booked, isNumber: true, isShort: true, cell: ({ booked }) => sum(booked) },
    {
      head: order.transactionKey,
      isWide: true,
      cell: ({ transactionKey }) => <span class="code">{transactionKey}</span>,
    },
    { head: words.found, isShort: true, cell: ({ foundAt }) => ageText(foundAt, scene) },
  ];
}
