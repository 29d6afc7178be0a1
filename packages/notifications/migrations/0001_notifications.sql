-- The comment of each index names its readers.

create table delivery_targets (
  -- claims, changes; there are at most 21 rows
  id uuid primary key,
  url text,
  description text not null default '',
  event_types text[],
  secret text,
  former_secret text,
  former_secret_until timestamptz,
  created_at timestamptz not null default now(),
  disabled_at timestamptz,
  disabled_reason text check (disabled_reason in ('operator', 'gone', 'failing')),
  failures integer not null default 0,
  failing_since timestamptz,
  last_success_at timestamptz,
  paused_until timestamptz,
  claim_id uuid,
  check ((url is null) = (secret is null)),
  check ((disabled_at is null) = (disabled_reason is null)),
  check ((former_secret is null) = (former_secret_until is null))
);
comment on table delivery_targets is 'The targets of notifications: the mail server (all-zero id, no url) and the webhook endpoints';
comment on column delivery_targets.event_types is 'Null: all';
comment on column delivery_targets.secret is 'In plain text, because signing needs it';
comment on column delivery_targets.failures is 'Consecutive failures; from a threshold on the target gets one call at a time, and none before paused_until';
comment on column delivery_targets.disabled_reason is 'gone: it answered 410; failing: no success for five days';
comment on column delivery_targets.claim_id is 'The newest claim: a concurrent claim with an older snapshot sees another value here and claims nothing';
insert into delivery_targets (id) values ('00000000-0000-0000-0000-000000000000');

create view webhook_endpoints as select * from delivery_targets where url is not null;

create table deliveries (
  target_id uuid not null,
  order_id uuid not null,
  version integer not null,
  position integer not null default 1,
  event_id uuid,
  kind text not null,
  facts jsonb,
  created_at timestamptz not null default now(),
  since timestamptz not null default now(),
  tries integer not null default 0,
  next_at timestamptz default now(),
  claim_id uuid,
  outcome text check (outcome in ('delivered', 'gave_up')),
  ended_at timestamptz,
  last_status integer,
  last_error text,
  -- planning, saves, claims (whether an earlier delivery of the order is still waiting), mails of an order
  primary key (target_id, order_id, version, position),
  check ((next_at is null) = (outcome is not null)),
  check ((outcome is null) = (ended_at is null)),
  check (num_nonnulls(event_id, facts) = 1)
) partition by list (target_id);
comment on table deliveries is 'Notifications of order changes, written with the change; each target gets those of an order in the order of its changes';
comment on column deliveries.created_at is 'The time of the change';
comment on column deliveries.since is 'The time of the change, or of the last resend by an operator';
comment on column deliveries.next_at is 'When the next try is due, or when the claim expires; null once the delivery has ended';
comment on column deliveries.claim_id is 'The claim of the process that is sending it now';
comment on column deliveries.target_id is 'No foreign key, because its check would lock the target''s row in every save';
-- claims
create index deliveries_due on deliveries (target_id, next_at) where next_at is not null;
-- claims: current calls
create index deliveries_claimed on deliveries (target_id, next_at) where claim_id is not null;

create table mails partition of deliveries (target_id default '00000000-0000-0000-0000-000000000000')
  for values in ('00000000-0000-0000-0000-000000000000');
comment on table mails is 'Mails to shoppers, without names and addresses';
comment on column mails.facts is 'The content of the mail without names, which are read from the order when the mail is sent';
-- the console's list, newest first; retention
create index mails_newest on mails (created_at, order_id, version, position);
-- attention, metrics
create index mails_failed on mails (ended_at) where outcome = 'gave_up' and tries > 0;

create table webhook_deliveries partition of deliveries default;
comment on table webhook_deliveries is 'One event for one endpoint; the payload is in events';
-- operators: newest first, undelivered, by event
create index webhook_deliveries_newest on webhook_deliveries (target_id, created_at, order_id, version, position);
create index webhook_deliveries_undelivered on webhook_deliveries (target_id, created_at, order_id, version, position)
  where outcome is distinct from 'delivered';
create index webhook_deliveries_by_event on webhook_deliveries (event_id);
-- retention
create index webhook_deliveries_by_time on webhook_deliveries using brin (created_at) with (autosummarize = on);

create table webhook_tries (
  endpoint_id uuid not null,
  event_id uuid not null,
  started_at timestamptz not null,
  duration_ms integer not null,
  status integer,
  error text,
  response text,
  check ((status is null) = (error is not null)),
  -- operators
  primary key (endpoint_id, event_id, started_at)
);
comment on table webhook_tries is 'Each call of an endpoint with its result';
comment on column webhook_tries.response is 'The beginning of the body, at most 2 KB';
-- retention
create index webhook_tries_by_time on webhook_tries using brin (started_at) with (autosummarize = on);

-- Deliveries are written in the same transaction as the event, so none is lost, and none is sent for a change that was
-- rolled back. Without endpoints this costs one read of a one-row table per saving statement, however many orders.
create function plan_webhook_deliveries() returns trigger language plpgsql as $$
begin
  if exists (select from webhook_endpoints where disabled_at is null) then
    insert into webhook_deliveries (target_id, order_id, version, event_id, kind, created_at)
    select e.id, a.aggregate_id, a.version, a.event_id, a.topic, a.created_at
    from added a join webhook_endpoints e
      on e.disabled_at is null and (e.event_types is null or a.topic = any(e.event_types));
  end if;
  return null;
end $$;
create trigger webhook_deliveries_planned after insert on events
  referencing new table as added for each statement execute function plan_webhook_deliveries();
