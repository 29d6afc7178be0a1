-- The comment above each index names its readers.

create table payments (
  -- find, saves
  id uuid primary key,
  version integer not null check (version >= 1),
  status text not null check (status in
    ('READY', 'IN_PROGRESS', 'WAITING_FOR_DEPOSIT', 'DONE', 'PARTIAL_CANCELED', 'CANCELED', 'EXPIRED')),
  order_name text not null,
  amount_krw bigint not null check (amount_krw > 0),
  tax_free_krw bigint not null default 0 check (tax_free_krw between 0 and amount_krw),
  tax_free_differs boolean not null default false,
  currency text not null check (currency = 'KRW'),
  attempts jsonb not null,
  payment_keys text[] not null,
  kept jsonb,
  closing text check (closing in ('canceled', 'expired')),
  failure jsonb,
  refunds jsonb not null,
  expires_at timestamptz not null,
  changed_at timestamptz(3) not null,
  next_at timestamptz,
  claimed_until timestamptz,
  schedule_version integer not null default 0,
  rescheduled_at timestamptz,
  check (status not in ('WAITING_FOR_DEPOSIT', 'DONE', 'PARTIAL_CANCELED') or kept is not null),
  check (status not in ('READY', 'IN_PROGRESS') or kept is null),
  check (status = 'WAITING_FOR_DEPOSIT' or closing is null)
);
comment on table payments is 'One row for each order: it alone decides whether the order can still be paid';
comment on column payments.id is 'The order''s id';
comment on column payments.tax_free_krw is 'The tax-free part of the amount, as the order states it';
comment on column payments.tax_free_differs is 'Toss books another tax-free amount than the order states';
comment on column payments.attempts is 'Every paymentKey ever sent to Toss for the order, with its schedule';
comment on column payments.refunds is 'Every refund that the merchant requested; at most one is open';
comment on column payments.kept is 'What Toss holds for the order: the one approval, or the one account';
comment on column payments.next_at is 'When something is due; a claim defers it through claimed_until, without a new version';
comment on column payments.schedule_version is 'Number of queries to Toss that brought nothing new. They change the schedule, and make no version, no history row and no event; a change is written only on the count it was decided on';
-- the reconciler, open_ends
create index payments_due on payments (next_at) where next_at is not null;
-- order's sweep
create index payments_changed on payments (changed_at, id);
-- webhooks that name a paymentKey; most payments have none. With fastupdate, each look-up would scan the pending list
create index payments_by_key on payments using gin (payment_keys) with (fastupdate = off)
  where payment_keys <> '{}';

-- operators
create index payments_tax_free_differs on payments (changed_at) where tax_free_differs;
-- operators, metrics
create index payments_payout on payments (id)
  where attempts @? '$[*] ? ((@.payout == "FAILED" || @.payout == "PARTIAL_FAILED") && @.isPayoutDismissed == false
    || @.payout == null && @.paidOutsideAt != null)';
-- metrics
create index payments_open on payments (id) where next_at is not null and (closing is not null
  or attempts @? '$[*] ? (@.status == "REQUESTED" || @.status == "UNKNOWN" || @.status == "VOIDING")'
  or refunds @? '$[*] ? (@.status == "REQUESTED" || @.status == "UNKNOWN")');
-- metrics
create index payments_stuck on payments (id) where next_at is not null and (
  attempts @? '$[*] ? (@.checks >= 71 || @.cancel.needsAccount == true && @.cancel.account == null)'
  or refunds @? '$[*] ? (@.checks >= 71)');

create table webhooks (
  id text primary key,
  received_at timestamptz not null default now(),
  event_type text not null,
  order_id text,
  payment_key text,
  cancel_key text,
  shows_paid boolean not null default false,
  body text not null,
  next_at timestamptz default now(),
  tries integer not null default 0,
  is_unknown boolean not null default false,
  handled_at timestamptz
);
comment on table webhooks is 'Toss''s webhooks as received; each makes PayFlow query Toss, and their content is not trusted';
comment on column webhooks.cancel_key is 'transactionKey of the last cancel in the webhook: a response without it is stale, and Toss is queried again';
comment on column webhooks.shows_paid is 'The webhook shows a payment: a response that shows an account without its deposit is stale, and Toss is queried again';
comment on column webhooks.is_unknown is 'About no payment of ours, or without its secret: a few are kept for an operator, and cause no query';
-- the limit on webhooks about one payment, erasure, operators
create index webhooks_by_order on webhooks (order_id, received_at);
-- operators
create index webhooks_by_arrival on webhooks (received_at, id);
-- the limit on unknown webhooks, operators
create index webhooks_unknown on webhooks (received_at, id) where is_unknown;
-- handling, metrics
create index webhooks_due on webhooks (next_at) where handled_at is null;
-- retention
create index webhooks_by_time on webhooks using brin (handled_at) with (autosummarize = on);

create table unrecovered (
  order_id uuid primary key,
  version integer not null,
  doubt text not null,
  found_at timestamptz not null default now()
);
comment on table unrecovered is 'Payments that lack changes which order knows and Toss does not show: they need manual review';
comment on column unrecovered.version is 'Of the payment, 0 without one. Any later version ends the review: order compares that one again';

create table proven_database (
  only_row boolean primary key default true check (only_row),
  incarnation text not null
);
comment on table proven_database is 'The run of the database server in which Toss''s list was read to its end: in any other run (after a restart, failover or restore) transactions may be lost';

create table unclaimed_money (
  transaction_key text primary key,
  order_id uuid not null,
  payment_key text not null,
  amount_krw bigint not null,
  found_at timestamptz not null default now(),
  dismissed_at timestamptz
);
comment on table unclaimed_money is 'Toss''s transactions of order ids in our format that have no payment here: checked when one is opened, otherwise for an operator';
comment on column unclaimed_money.dismissed_at is 'An operator knows whose it is, such as another shop''s; it is still checked when a payment is opened';
comment on column unclaimed_money.amount_krw is 'Negative for a cancel and for a deposit that the bank took back';
-- opening a payment
create index unclaimed_money_by_order on unclaimed_money (order_id);

create view open_ends as
  select p.id as order_id, p.status as payment_status, 'attempt' as kind, a->>'paymentKey' as key,
    a->>'status' as status, (a->>'checks')::integer as checks, (a->>'nextAt')::timestamptz as next_at,
    a->'failure'->>'code' as said,
    coalesce(a->'cancel'->>'needsAccount' = 'true' and a->'cancel'->'account' = 'null', false) as lacks_account,
    (a->>'checks')::integer >= 71 as needs_review,
    coalesce(case when a->>'status' in ('REQUESTED', 'UNKNOWN') then (a->>'firstSentAt')::timestamptz end, p.changed_at)
      as since
  from payments p, jsonb_array_elements(p.attempts) a
  where p.next_at is not null and (a->>'status' in ('REQUESTED', 'UNKNOWN', 'VOIDING')
    or a->>'status' = 'WAITING_FOR_DEPOSIT' and ((a->>'checks')::integer >= 71 or p.closing is not null))
  union all
  select p.id, p.status, 'refund', r->>'key', r->>'status', (r->>'checks')::integer, (r->>'nextAt')::timestamptz,
    r->'failure'->>'code', false, (r->>'checks')::integer >= 71, coalesce((r->>'firstSentAt')::timestamptz, p.changed_at)
  from payments p, jsonb_array_elements(p.refunds) r
  where p.next_at is not null and r->>'status' in ('REQUESTED', 'UNKNOWN')
  union all
  select u.order_id, coalesce(p.status, 'none'), 'recovery', u.doubt, 'UNRECOVERED', 0, null, null, false, true, u.found_at
  from unrecovered u left join payments p on p.id = u.order_id
  where coalesce(p.version, 0) = u.version
  union all
  select p.id, p.status, 'payout', a->>'paymentKey', coalesce(a->>'payout', 'PAID_TWICE'), 0,
    (a->>'nextAt')::timestamptz, null, false, true, p.changed_at
  from payments p, jsonb_path_query(p.attempts, '$[*] ? ((@.payout == "FAILED" || @.payout == "PARTIAL_FAILED")
    && @.isPayoutDismissed == false || @.payout == null && @.paidOutsideAt != null)') a
  where p.attempts @? '$[*] ? ((@.payout == "FAILED" || @.payout == "PARTIAL_FAILED") && @.isPayoutDismissed == false
    || @.payout == null && @.paidOutsideAt != null)';
comment on view open_ends is 'Operations that are open at Toss; each has a next check. 71 checks are the whole schedule of domain/operation.ts: then one a day, and manual review is needed';
