create table credentials (
  -- ending; newest first
  id uuid primary key,
  kind text not null check (kind in ('key', 'session')),
  hash bytea not null check (octet_length(hash) = 32),
  name text not null check (kind = 'session' or name <> 'merchant'),
  role text not null check (role in ('metrics', 'read', 'operate', 'admin')),
  created_at timestamptz not null default now(),
  created_by text not null,
  last_used_at timestamptz,
  expires_at timestamptz,
  ended_at timestamptz,
  key_id uuid references credentials,
  settings_key text,
  address text,
  user_agent text,
  check (case kind
    when 'key' then num_nonnulls(key_id, settings_key, address, user_agent) = 0
    else num_nonnulls(key_id, settings_key) = 1 and role <> 'metrics'
      and num_nonnulls(last_used_at, expires_at, address, user_agent) = 4
  end)
);
comment on table credentials is
  'Secrets by which a caller acts under a name and with a role: keys of the API, of which MERCHANT_API_KEY is one more, and sessions of the console, which keys begin';
comment on column credentials.id is 'UUIDv7, so ids sort by the time of creation';
comment on column credentials.hash is 'SHA-256 of the secret, which has 32 random bytes and is shown once';
comment on column credentials.last_used_at is 'To the minute';
comment on column credentials.key_id is 'The key by which a session began, and whose end is its own';
comment on column credentials.settings_key is
  'Of a session that MERCHANT_API_KEY began: tells it from a later one, by an HMAC under the session secret';
-- callers
create unique index credentials_by_hash on credentials (hash);
-- retention: nothing that a session began by is deleted before it
create index credentials_by_key on credentials (key_id) where key_id is not null;
-- a key that has expired keeps its name until it is revoked, or another one is to have it
create unique index keys_by_name on credentials (name) where kind = 'key' and ended_at is null;
