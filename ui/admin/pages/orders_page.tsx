import type { OrderSums } from "@payflow/back-office";
import { orderStatuses } from "@payflow/shared";
import { Icon } from "../../fragments/icon.tsx";
import { wonText } from "../../money_text.ts";
import type { AdminScene } from "../admin_scene.ts";
import { whenText } from "../admin_time.ts";
import type { Listed, OrderFilter, OrderRow } from "../contract.ts";
import { orderPath, StatusTag } from "../fragments/badges.tsx";
import { type Column, DataTable } from "../fragments/data_table.tsx";
import { WarnNotice } from "../fragments/notices.tsx";
import { Pager, type Place } from "../fragments/pager.tsx";
import { filterMethods, writeOrderFilter } from "../order_filter.ts";

export type OrdersPageProps = {
  readonly scene: AdminScene;
  readonly filter: OrderFilter;
  readonly place: Place;
  /** Undefined when the filter is invalid. */
  readonly found: (Listed<OrderRow> & { readonly sums: OrderSums }) | undefined;
  /** Names of the filter's invalid fields. */
  readonly wrong: readonly string[] | undefined;
};

export const OrdersPage = (props: OrdersPageProps) => {
  const { scene, filter, place, found } = props;
  const { orders: words } = scene.t;
  const query = writeOrderFilter(filter);
  // a search reads a limited number of orders per page, so a page without rows is not always the end
  const isEnd = found?.next === null;
  return (
    <>
      <div class="head">
        <h1>{words.title}</h1>
        <p class="muted">{scene.t.frame.zone}</p>
      </div>
      <Filters {...props} />
      {found && <Sums scene={scene} sums={found.sums} query={query} />}
      {found?.rows.length === 0 && (
        <div class="panel blank">
          <h2>{query.size > 0 ? (isEnd ? words.nothing : words.notYet) : words.noOrders}</h2>
          {query.size > 0 && <p>{isEnd ? words.nothingHint : words.notYetHint}</p>}
        </div>
      )}
      {found && found.rows.length > 0 && (
        <div class="panel flush">
          <DataTable caption={words.caption} columns={columns(scene)} rows={found.rows} />
        </div>
      )}
      {found && (
        <Pager scene={scene} path="/admin/orders" query={query} place={place} next={found.next} />
      )}
    </>
  );
};

function columns(scene: AdminScene): Column<OrderRow>[] {
  const { t, language } = scene;
  const { orders: words } = t;
  return [
    {
      head: words.number,
      isTitle: true,
      isShort: true,
      cell: ({ orderId, orderNumber }) => (
        <a class="code" href={orderPath(orderId)}>
          {orderNumber}
        </a>
      ),
    },
    {
      head: words.status,
      isShort: true,
      isBeside: true,
      cell: ({ status }) => <StatusTag scene={scene} status={status} />,
    },
    {
      head: words.amount,
      isNumber: true,
      isShort: true,
      cell: ({ amount }) => <b>{wonText(amount, language)}</b>,
    },
    {
      head: words.refunded,
      isNumber: true,
      isShort: true,
      cell: ({ refundedAmount }) => refundedAmount > 0 && wonText(refundedAmount, language),
    },
    { head: words.what, isWide: true, cell: ({ orderName }) => orderName },
    { head: words.customer, isMedium: true, cell: ({ customer }) => customer },
    {
      head: words.method,
      isShort: true,
      cell: ({ method }) => method !== null && (words.methods[method] ?? method),
    },
    {
      head: words.placed,
      isNumber: true,
      isShort: true,
      cell: ({ createdAt }) => <time datetime={createdAt}>{whenText(createdAt, scene)}</time>,
    },
  ];
}

const Filters = ({ scene, filter, wrong }: OrdersPageProps) => {
  const { orders: words } = scene.t;
  const faults = (wrong ?? []).map((path) => words.wrong[path] ?? words.wrongOther);
  const fault = wrong && (faults.length > 0 ? faults.join(" ") : words.wrongOther);
  const isSet = writeOrderFilter(filter).size > 0;
  return (
    <form class="filters" method="get" action="/admin/orders" role="search">
      <div class="search">
        <label class="sr-only" for="q">
          {words.search}
        </label>
        <Icon name="search" />
        <input
          id="q"
          name="q"
          type="search"
          value={filter.q ?? ""}
          placeholder={words.searchPlaceholder}
          maxlength={200}
          autocomplete="off"
          aria-invalid={wrong?.includes("q") ? "true" : undefined}
          aria-describedby={fault === undefined ? undefined : "filter-error"}
        />
        <button class="button primary">{words.submit}</button>
      </div>
      <WarnNotice text={fault} id="filter-error" />
      <Chips
        scene={scene}
        filter={filter}
        name="status"
        values={orderStatuses.map((status) => [status, words.statuses[status]])}
      />
      <Chips
        scene={scene}
        filter={filter}
        name="method"
        values={filterMethods.map((method) => [method, words.methods[method] ?? method])}
      />
      <div class="dates">
        <span class="chips-name" aria-hidden="true">
          {words.dates}
        </span>
        <label class="sr-only" for="from">
          {`${words.dates}: ${words.from}`}
        </label>
        <input id="from" name="from" type="date" value={filter.from ?? ""} />
        <span aria-hidden="true">–</span>
        <label class="sr-only" for="to">
          {`${words.dates}: ${words.to}`}
        </label>
        <input id="to" name="to" type="date" value={filter.to ?? ""} />
        {isSet && (
          <a class="button small" href="/admin/orders">
            {words.clear}
          </a>
        )}
      </div>
    </form>
  );
};

type ChipsProps = Pick<OrdersPageProps, "scene" | "filter"> & {
  readonly name: "status" | "method";
  readonly values: readonly (readonly [value: string, label: string])[];
};

/** Links, so that one click filters without JavaScript; a hidden field keeps the choice in the search form. */
const Chips = ({ scene, filter, name, values }: ChipsProps) => {
  const { orders: words } = scene.t;
  const chosen = filter[name];
  const to = (value: string | undefined) => {
    const query = writeOrderFilter({ ...filter, [name]: value }).toString();
    return query === "" ? "/admin/orders" : `/admin/orders?${query}`;
  };
  return (
    <div class="chips" role="group" aria-label={words[name]}>
      <span class="chips-name" aria-hidden="true">
        {words[name]}
      </span>
      {chosen !== undefined && <input type="hidden" name={name} value={chosen} />}
      <a href={to(undefined)} aria-current={chosen === undefined ? "true" : undefined}>
        {words.all}
      </a>
      {values.map(([value, label]) => (
        <a href={to(value)} aria-current={chosen === value ? "true" : undefined}>
          {label}
        </a>
      ))}
    </div>
  );
};

type SumsProps = { scene: AdminScene; sums: OrderSums; query: URLSearchParams };

const Sums = ({ scene, sums, query }: SumsProps) => {
  const { t, language } = scene;
  const { orders: words } = t;
  const count = new Intl.NumberFormat("en-US").format(sums.count);
  const csv = query.size > 0 ? `/admin/orders.csv?${query.toString()}` : "/admin/orders.csv";
  return (
    <div class="sums">
      <p>
        <b>
          {words.sums(sums.isMore ? words.orMore(count) : count, wonText(sums.amount, language))}
        </b>
        {sums.refundedAmount > 0 && (
          <span class="muted"> · {words.sumsRefunded(wonText(sums.refundedAmount, language))}</span>
        )}
      </p>
      <a class="button small" href={csv}>
        {words.csv}
      </a>
    </div>
  );
};
