-- The tables that every service has besides its aggregates: events, consumed messages, history, audit, leases.
-- The comment of each index names its readers. Retention finds old rows by BRIN indexes, which cost little to write.

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
comment on table events is 'At most one per change, written by the same statement; no row is ever updated';
comment on column events.slot is 'The relay that holds this slot''s lease sends its events, so one key has one sender';
comment on column events.payload is 'text, not jsonb: Kafka gets it exactly as it was written';
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
comment on table waiting_events is 'Events that Kafka has not acknowledged yet: the relay deletes a row after the acknowledgement';
comment on column waiting_events.recorded_at is 'As in history: never before the previous version''s, so the primary key keeps the versions of an aggregate in order';

create view outbox as
  select e.*, exists (
    select from waiting_events w where w.slot = e.slot and w.aggregate_id = e.aggregate_id and w.version = e.version
  ) as is_waiting
  from events e;
comment on view outbox is 'Every event, and whether it waits for Kafka; read by history, operators and tests';

create table inbox (
  -- saves
  message_id uuid primary key,
  topic text not null,
  taken_at timestamptz not null default now()
);
comment on table inbox is 'Consumed messages; kept longer than Kafka keeps them, so that none takes effect twice';
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
  -- history, saves after a lost response
  primary key (aggregate_id, version)
);
comment on column history.actor is 'Who made the change';
comment on column history.reason is 'The reason, if one was given';
comment on table history is 'Every change of every aggregate; change_id shows a writer after a lost connection whether its change was written';

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
comment on table audit is 'Actions that change no aggregate; append-only';
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
comment on table sweeps is 'The progress of each sweep, so that it continues there after a restart';

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
comment on table dead_letters is 'Messages that could not be handled, stored unchanged, so that later messages of the partition do not wait';
comment on column dead_letters.is_signed is 'false: without a valid signature; only a limited number of these is stored';
-- consumers; includes the value, because a recreated topic reuses the offsets
create unique index dead_letters_once on dead_letters
  (topic, partition, message_offset, md5(coalesce(value, '')));
-- consumers, for the limit on unsigned messages
create index dead_letters_unsigned on dead_letters (id) where not is_signed;
-- metrics, operators
create index dead_letters_open on dead_letters (id) where replayed_at is null and discarded_at is null;
-- operators: all letters of one cause, and of one key; hashed, because both may exceed the size of an index entry
create index dead_letters_by_cause on dead_letters (md5(left(error, 500)), id)
  where replayed_at is null and discarded_at is null;
create index dead_letters_by_key on dead_letters (md5(key), id);

create table unsigned_messages (
  topic text primary key,
  refused bigint not null,
  last_refused_at timestamptz not null
);
comment on table unsigned_messages is 'The number of messages without a valid signature by topic, stored or not';

create table readiness (
  name text primary key,
  written_at timestamptz not null
);
comment on table readiness is 'The row that a readiness check writes: a database that answers reads may still reject writes';
