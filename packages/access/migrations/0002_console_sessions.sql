create table console_sessions (
  -- ending, last use, newest first
  id uuid primary key,
  hash bytea not null check (octet_length(hash) = 32),
  key_id uuid references api_keys,
  settings_key text,
  name text not null,
  role text not null check (role in ('read', 'operate', 'admin')),
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  address text not null,
  user_agent text not null,
  check ((key_id is null) <> (settings_key is null))
);
comment on table console_sessions is 'Who has signed in to the console by a key; over as well once the key is';
comment on column console_sessions.id is 'UUIDv7, so ids sort by the time of signing in';
comment on column console_sessions.hash is 'SHA-256 of the cookie''s 32 random bytes';
comment on column console_sessions.settings_key is 'Tells MERCHANT_API_KEY from a later one, by an HMAC under the session secret; null for another key';
-- requests of the console
create unique index console_sessions_by_hash on console_sessions (hash);
