-- What every service keeps beside its aggregates: its events, the messages it has taken, and each change.
-- Each index names who reads by it. Rows that only age are found by time in block ranges (brin), which cost nothing to write.

create table events (
  aggregate_id uuid not null,
  version integer not null,
  event_id uuid not null,
  slot smallint not null,
  topic text not null,
  payload text not null,
  trace text,
  created_at timestamptz not null default now(),
  -- relay, history
  primary key (aggregate_id, version)
);
comment on table events is 'Written with the change that caused them, one for a change at the most; no row is ever updated';
comment on column events.slot is 'The relay that holds this slot''s lease sends its events, so one key has one sender';
comment on column events.payload is 'text: it goes to Kafka as it was written';
comment on column events.trace is 'The traceparent header';
-- retention, outbox republish
create index events_by_time on events using brin (created_at) with (autosummarize = on);

create table waiting_events (
  recorded_at timestamptz not null,
  aggregate_id uuid not null,
  version integer not null,
  slot smallint not null,
  -- relay, metrics
  primary key (slot, recorded_at, aggregate_id, version)
);
comment on table waiting_events is 'Events that Kafka does not have yet: a row is deleted once Kafka has acknowledged its event';
comment on column waiting_events.recorded_at is 'As in history: never before that of the version before, so that the primary key has the versions of an aggregate in order';

create view outbox as
  select e.*, exists (
    select from waiting_events w where w.slot = e.slot and w.aggregate_id = e.aggregate_id and w.version = e.version
  ) as is_waiting
  from events e;
comment on view outbox is 'For people and for tests: every event, and whether it waits for Kafka';

create table inbox (
  -- saves
  message_id uuid primary key,
  topic text not null,
  taken_at timestamptz not null default now()
);
comment on table inbox is 'Messages that have taken effect; kept longer than Kafka keeps them';
-- retention
create index inbox_by_time on inbox using brin (taken_at) with (autosummarize = on);

create table history (
  aggregate_id uuid not null,
  version integer not null,
  change_id uuid not null,
  status text not null,
  cause text not null,
  detail jsonb,
  actor text not null,
  reason text,
  recorded_at timestamptz not null,
  -- history, saves whose answer got lost
  primary key (aggregate_id, version)
);
comment on column history.actor is 'In whose name the change was decided';
comment on column history.reason is 'Why, where somebody said so';
comment on table history is 'Every change of every aggregate; change_id tells a writer whose connection died whether its change was written';

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is only added to', tg_table_name using errcode = 'restrict_violation';
end $$;

create table audit (
  -- newest first
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject text not null,
  reason text,
  detail jsonb
);
comment on table audit is 'What somebody did that is no change of an aggregate, written with it; never changed, never deleted';
create trigger audit_stays before update or delete or truncate on audit
  for each statement execute function refuse_change();

create table idempotency_keys (
  scope text not null,
  key text not null,
  request_hash text not null,
  aggregate_id uuid not null,
  created_at timestamptz not null default now(),
  -- saves, replays
  primary key (scope, key)
);
-- retention
create index idempotency_keys_by_time on idempotency_keys using brin (created_at) with (autosummarize = on);

create table leases (
  name text primary key,
  holder uuid not null,
  expires_at timestamptz not null
);

create table sweeps (
  name text primary key,
  done_until timestamptz not null
);
comment on table sweeps is 'How far each sweep has come, so that one that was down for long goes on where it ended';

create table dead_letters (
  id bigint generated always as identity primary key,
  topic text not null,
  partition integer not null,
  message_offset bigint not null,
  key text,
  value bytea,
  headers jsonb not null,
  error text not null,
  is_signed boolean not null default true,
  created_at timestamptz not null default now(),
  replayed_at timestamptz,
  discarded_at timestamptz
);
comment on table dead_letters is 'Messages that could not be handled, as they came, so that nothing stops behind them and nothing is lost';
comment on column dead_letters.is_signed is 'false: none of our services sent it; only a bounded number of these is kept';
-- consumers; the value as well: a topic that was created again counts its offsets from the beginning
create unique index dead_letters_once on dead_letters
  (topic, partition, message_offset, md5(coalesce(value, '')));
-- consumers, for the bound on unsigned messages
create index dead_letters_unsigned on dead_letters (id) where not is_signed;
-- metrics, operators
create index dead_letters_open on dead_letters (id) where replayed_at is null and discarded_at is null;
-- operators: all letters of one cause, and of one key; both may be longer than an entry of an index
create index dead_letters_by_cause on dead_letters (md5(left(error, 500)), id)
  where replayed_at is null and discarded_at is null;
create index dead_letters_by_key on dead_letters (md5(key), id);

create table unsigned_messages (
  topic text primary key,
  refused bigint not null,
  last_refused_at timestamptz not null
);
comment on table unsigned_messages is 'How many messages without a valid signature each topic has brought, kept or not';

create table readiness (
  name text primary key,
  written_at timestamptz not null
);
comment on table readiness is 'One row that a readiness check writes: a database that reads may still take no writes';
