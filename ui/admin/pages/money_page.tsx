import { declineReason } from "../../messages/decline_reasons.ts";
import { wonText } from "../../money_text.ts";
import type { AdminScene } from "../admin_scene.ts";
import { dayText, monthText } from "../admin_time.ts";
import type { MoneyMonth } from "@payflow/back-office";
import { Tag, type Tone } from "../fragments/badges.tsx";
import { type Column, DataTable } from "../fragments/data_table.tsx";
import { MoneyChart } from "../fragments/money_chart.tsx";
import { monthAfter } from "../months.ts";

type MoneyPageProps = { readonly scene: AdminScene; readonly month: MoneyMonth };

const grouped = new Intl.NumberFormat("en-US");
const percent = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 1 });

export const MoneyPage = ({ scene, month }: MoneyPageProps) => {
  const { t, language } = scene;
  const { money: words } = t;
  const won = (sum: number) => wonText(sum, language);
  const { totals } = month;
  return (
    <>
      <div class="head">
        <h1>
          {words.title} <span class="muted">{monthText(month.month, scene)}</span>
        </h1>
        <Months scene={scene} month={month.month} />
      </div>
      <dl class="panel figures">
        {(
          [
            [words.net, won(totals.net)],
            [
              words.captured,
              `${won(totals.captured)}`,
              words.counts(grouped.format(totals.captures)),
            ],
            [words.refunded, won(totals.refunded)],
            [words.returned, won(totals.returned)],
          ] as const
        ).map(([name, value, note]) => (
          <div>
            <dt>{name}</dt>
            <dd>
              {value}
              {note !== undefined && <span class="muted small"> {note}</span>}
            </dd>
          </div>
        ))}
      </dl>
      {month.days.length === 0 ? (
        <div class="panel blank">
          <h2>{words.nothing}</h2>
        </div>
      ) : (
        <>
          <div class="panel">
            <MoneyChart scene={scene} month={month} />
          </div>
          <div class="panel flush">
            <DataTable
              caption={words.table}
              columns={columns(scene)}
              rows={month.days}
              foot={[
                words.total,
                won(totals.captured),
                totals.refunded === 0 ? "" : won(totals.refunded),
                totals.returned === 0 ? "" : won(totals.returned),
                won(totals.net),
                grouped.format(totals.captures),
                "",
                "",
              ]}
            />
          </div>
        </>
      )}
      <Declines scene={scene} declines={month.declines} />
      <p class="muted small">{words.note}</p>
    </>
  );
};

const Months = ({ scene, month }: { scene: AdminScene; month: string }) => {
  const { money: words } = scene.t;
  const to = (months: number) => `/admin/money?month=${monthAfter(month, months)}`;
  return (
    <div class="buttons">
      <a class="button small" href={to(-1)}>
        {words.previous}
      </a>
      <a class="button small" href={to(1)}>
        {words.next}
      </a>
      <a class="button small" href={`/admin/money.csv?month=${month}`}>
        {words.csv}
      </a>
    </div>
  );
};

type Day = MoneyMonth["days"][number];

export const reconciliationTones: Readonly<Record<Day["reconciliation"], Tone>> = {
  matched: "good",
  differs: "warn",
  pending: "wait",
  none: "quiet",
};

function columns(scene: AdminScene): Column<Day>[] {
  const { t, language } = scene;
  const { money: words, orders } = t;
  const sum = (head: string, of: (day: Day) => number): Column<Day> => ({
    head,
    isNumber: true,
    isShort: true,
    cell: (day) => of(day) !== 0 && wonText(of(day), language),
  });
  return [
    {
      head: words.day,
      isTitle: true,
      isShort: true,
      cell: ({ day }) => <a href={`/admin/money/${day}`}>{dayText(day, scene)}</a>,
    },
    sum(words.captured, ({ captured }) => captured),
    sum(words.refunded, ({ refunded }) => refunded),
    sum(words.returned, ({ returned }) => returned),
    {
      head: words.net,
      isNumber: true,
      isShort: true,
      cell: ({ net }) => <b>{wonText(net, language)}</b>,
    },
    {
      head: words.count,
      isNumber: true,
      isShort: true,
      cell: ({ captures }) => grouped.format(captures),
    },
    {
      head: words.methods,
      isWide: true,
      cell: ({ byMethod }) =>
        byMethod.length > 0 && (
          <span class="small">
            {byMethod
              .map(({ method, captured }) =>
                [
                  orders.methods[method] ?? (method || words.noMethod),
                  wonText(captured, language),
                ].join(" "),
              )
              .join(", ")}
          </span>
        ),
    },
    {
      head: words.reconciliation,
      isShort: true,
      isBeside: true,
      cell: ({ reconciliation, differences }) => (
        <Tag tone={reconciliationTones[reconciliation]}>
          {reconciliation === "differs"
            ? words.differences(grouped.format(differences))
            : words.states[reconciliation]}
        </Tag>
      ),
    },
  ];
}

const Declines = ({ scene, declines }: { scene: AdminScene; declines: MoneyMonth["declines"] }) => {
  const { t, language } = scene;
  const { money: words } = t;
  const { tries, declined, reasons } = declines;
  const [of, among] = [grouped.format(declined), grouped.format(tries)];
  return (
    <section class="panel" aria-labelledby="declines-title">
      <h2 id="declines-title">{words.declines}</h2>
      <p>
        {tries === 0 ? (
          <span class="muted">{words.noTries}</span>
        ) : (
          words.declineRate(percent.format(declined / tries), of, among)
        )}
      </p>
      {reasons.length > 0 && (
        <div class="inner">
          <DataTable
            caption={words.declines}
            columns={[
              {
                head: words.reasonName,
                isTitle: true,
                cell: ({ code }) => declineReason({ code }, language) ?? (code || words.noReason),
              },
              { head: "Toss", isShort: true, cell: ({ code }) => <span class="code">{code}</span> },
              {
                head: words.reasonCount,
                isNumber: true,
                isBeside: true,
                cell: ({ count }) => grouped.format(count),
              },
            ]}
            rows={reasons}
          />
        </div>
      )}
    </section>
  );
};
