-- Each index names who reads by it.

create table delivery_targets (
  -- claims, changes; there are 21 at the most
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
comment on table delivery_targets is 'Where notifications go: the mail server, whose id is all zeros and which has no url, and addresses of the shop''s own servers';
comment on column delivery_targets.event_types is 'Null: all';
comment on column delivery_targets.secret is 'As it is: signing needs it';
comment on column delivery_targets.failures is 'In a row; from some on the target gets one call at a time, none before paused_until';
comment on column delivery_targets.disabled_reason is 'gone: it answered 410; failing: no success for five days';
comment on column delivery_targets.claim_id is 'Of the newest claim: whoever counts the calls under way as they were before it claims nothing';
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
  -- planning, saves, claims: whether an earlier one of the order is still to be delivered; mails of an order
  primary key (target_id, order_id, version, position),
  check ((next_at is null) = (outcome is not null)),
  check ((outcome is null) = (ended_at is null)),
  check (num_nonnulls(event_id, facts) = 1)
) partition by list (target_id);
comment on table deliveries is 'What a change of an order sends, written with the change: to each target in the order of the changes';
comment on column deliveries.created_at is 'Of the change';
comment on column deliveries.since is 'The change, or when an operator had it sent again';
comment on column deliveries.next_at is 'When the next try is due, or ends the claim of a process that was killed; null once it has ended';
comment on column deliveries.claim_id is 'Of the process that is sending it now, of which there is one at the most';
comment on column deliveries.target_id is 'No foreign key: its check would lock the target''s row in every save';
-- claims
create index deliveries_due on deliveries (target_id, next_at) where next_at is not null;
-- claims: calls under way
create index deliveries_claimed on deliveries (target_id, next_at) where claim_id is not null;

create table mails partition of deliveries (target_id default '00000000-0000-0000-0000-000000000000')
  for values in ('00000000-0000-0000-0000-000000000000');
comment on table mails is 'Mails to shoppers; they name nobody';
comment on column mails.facts is 'What the mail says, but for names: those are read from the order when it is sent';
-- the console's list, newest first; retention
create index mails_newest on mails (created_at, order_id, version, position);
-- what needs attention, metrics
create index mails_failed on mails (ended_at) where outcome = 'gave_up' and tries > 0;

create table webhook_deliveries partition of deliveries default;
comment on table webhook_deliveries is 'One event for one endpoint; the payload is in events';
-- operators: newest first, those that were not delivered, by event
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
comment on table webhook_tries is 'Each call of an endpoint, and what came back';
comment on column webhook_tries.response is 'The beginning of the body, 2 KB at the most';
-- retention
create index webhook_tries_by_time on webhook_tries using brin (started_at) with (autosummarize = on);

-- With the change that caused an event its deliveries are written, so none is lost, and none is sent for a change that was
-- not made. Without an endpoint this costs one look at a table of one row for each statement that saves, however many orders.
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
