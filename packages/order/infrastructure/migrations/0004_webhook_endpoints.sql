create table webhook_endpoints (
  -- claims, changes; there are 20 at the most
  id uuid primary key,
  url text not null,
  description text not null,
  event_types text[],
  secret text not null,
  former_secret text,
  former_secret_until timestamptz,
  created_at timestamptz not null default now(),
  disabled_at timestamptz,
  disabled_reason text check (disabled_reason in ('operator', 'gone', 'failing')),
  failures integer not null default 0,
  failing_since timestamptz,
  last_success_at timestamptz,
  paused_until timestamptz,
  check ((disabled_at is null) = (disabled_reason is null)),
  check ((former_secret is null) = (former_secret_until is null))
);
comment on table webhook_endpoints is 'Addresses of the shop''s own servers that get order events as webhooks';
comment on column webhook_endpoints.event_types is 'Null: all';
comment on column webhook_endpoints.secret is 'As it is: signing needs it';
comment on column webhook_endpoints.failures is 'In a row; from some on the endpoint gets one call at a time, none before paused_until';
comment on column webhook_endpoints.disabled_reason is 'gone: it answered 410; failing: no success for five days';

create table webhook_deliveries (
  endpoint_id uuid not null,
  order_id uuid not null,
  version integer not null,
  event_id uuid not null,
  event_type text not null,
  created_at timestamptz not null,
  tries integer not null default 0,
  next_at timestamptz,
  claim_id uuid,
  outcome text check (outcome in ('delivered', 'gave_up')),
  ended_at timestamptz,
  -- planning, claims: whether an earlier event of the order is still to be delivered
  primary key (endpoint_id, order_id, version),
  check ((next_at is null) = (outcome is not null)),
  check ((outcome is null) = (ended_at is null))
);
comment on table webhook_deliveries is 'One event for one endpoint, written with the change that caused the event; the payload is in events';
comment on column webhook_deliveries.created_at is 'Of the event';
comment on column webhook_deliveries.next_at is 'When the next try is due, or ends the claim of a process that was killed; null once it has ended';
comment on column webhook_deliveries.claim_id is 'Of the process that is calling now, of which there is one at the most';
comment on column webhook_deliveries.endpoint_id is 'No foreign key: its check would lock the endpoint''s row in every save';
-- claims
create index webhook_deliveries_due on webhook_deliveries (endpoint_id, next_at) where next_at is not null;
-- claims: calls under way
create index webhook_deliveries_claimed on webhook_deliveries (endpoint_id, next_at) where claim_id is not null;
-- operators: newest first, those that were not delivered, by event
create index webhook_deliveries_newest on webhook_deliveries (endpoint_id, created_at, order_id, version);
create index webhook_deliveries_undelivered on webhook_deliveries (endpoint_id, created_at, order_id, version)
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
-- not made. Without an endpoint this costs one look at an empty table for each statement that saves, however many orders.
create function plan_webhook_deliveries() returns trigger language plpgsql as $$
begin
  if exists (select from webhook_endpoints where disabled_at is null) then
    insert into webhook_deliveries
      (endpoint_id, order_id, version, event_id, event_type, created_at, next_at)
    select e.id, a.aggregate_id, a.version, a.event_id, a.topic, a.created_at, now()
    from added a join webhook_endpoints e
      on e.disabled_at is null and (e.event_types is null or a.topic = any(e.event_types));
  end if;
  return null;
end $$;
create trigger webhook_deliveries_planned after insert on events
  referencing new table as added for each statement execute function plan_webhook_deliveries();
