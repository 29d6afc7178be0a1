create table api_keys (
  -- revoking, last use
  id uuid primary key,
  name text not null check (name <> 'merchant'),
  role text not null check (role in ('metrics', 'read', 'operate', 'admin')),
  hash bytea not null check (octet_length(hash) = 32),
  created_at timestamptz not null default now(),
  created_by text not null,
  last_used_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz
);
comment on table api_keys is 'Keys of the API and of the console; MERCHANT_API_KEY is one more, of role admin';
comment on column api_keys.hash is 'SHA-256 of the key, which has 32 random bytes and is shown once';
comment on column api_keys.last_used_at is 'To the minute';
-- callers
create unique index api_keys_by_hash on api_keys (hash);
-- a key that has expired keeps its name until it is revoked, or another one is to have it
create unique index api_keys_by_name on api_keys (name) where revoked_at is null;
