-- What every service keeps beside its aggregates: what it must tell, what it has heard, and what became of each change.

create table outbox (
  seq bigint generated always as identity primary key,
  event_id uuid not null unique,
  aggregate_id text not null,
  version integer not null,
  topic text not null,
  slot smallint not null,
  payload json not null,
  headers json not null,
  created_at timestamptz not null default now(),
  published_at timestamptz
);
comment on table outbox is 'Events written with the change that caused them; the relay publishes rows whose published_at is null';
comment on column outbox.slot is 'The relay that holds this slot''s lease sends its rows, so one key has one sender';
comment on column outbox.payload is 'json, not jsonb: the text goes to Kafka as it was written';
create index outbox_unpublished on outbox (slot, seq) where published_at is null;
create index outbox_published on outbox (published_at) where published_at is not null;
create index outbox_by_aggregate on outbox (aggregate_id, version);

create table inbox (
  message_id uuid primary key,
  topic text not null,
  taken_at timestamptz not null default now()
);
comment on table inbox is 'Messages that have taken effect; kept longer than Kafka keeps them';
create index inbox_taken on inbox (taken_at);

create table history (
  aggregate_id text not null,
  version integer not null,
  change_id uuid not null,
  status text not null,
  cause text not null,
  detail jsonb,
  recorded_at timestamptz not null,
  primary key (aggregate_id, version)
);
comment on table history is 'Every change of every aggregate; change_id tells a writer whose connection died whether its change was written';

create table idempotency_keys (
  scope text not null,
  key text not null,
  request_hash text not null,
  aggregate_id text not null,
  created_at timestamptz not null default now(),
  primary key (scope, key)
);
create index idempotency_keys_created on idempotency_keys (created_at);

create table leases (
  name text primary key,
  holder uuid not null,
  expires_at timestamptz not null
);

create table dead_letters (
  id bigint generated always as identity primary key,
  topic text not null,
  partition integer not null,
  message_offset bigint not null,
  key text,
  value bytea,
  headers jsonb not null,
  error text not null,
  created_at timestamptz not null default now(),
  replayed_at timestamptz,
  discarded_at timestamptz
);
-- the value as well: a topic that was made anew counts its offsets from the beginning
create unique index dead_letters_once on dead_letters
  (topic, partition, message_offset, md5(coalesce(value, '')));
comment on table dead_letters is 'Messages that could not be handled, as they came, so that nothing stops behind them and nothing is lost';
