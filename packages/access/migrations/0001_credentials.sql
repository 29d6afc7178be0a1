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
  'API keys and console sessions, each with a name and a role. MERCHANT_API_KEY has no row';
comment on column credentials.id is 'UUIDv7, so ids sort by the time of creation';
comment on column credentials.hash is 'SHA-256 of the secret, which has 32 random bytes and is shown once';
comment on column credentials.last_used_at is 'To the minute';
comment on column credentials.key_id is 'The key that began a session; the session ends with it';
comment on column credentials.settings_key is
  'For a session begun with MERCHANT_API_KEY: an HMAC of that key, so that the session ends when the key is changed';
-- callers
create unique index credentials_by_hash on credentials (hash);
-- retention: the foreign key's check on each deleted row
create index credentials_by_key on credentials (key_id) where key_id is not null;
-- an expired key keeps its name until it is revoked or a new key takes the name
create unique index keys_by_name on credentials (name) where kind = 'key' and ended_at is null;
