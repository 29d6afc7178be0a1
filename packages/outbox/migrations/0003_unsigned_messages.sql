alter table dead_letters add is_signed boolean not null default true;
comment on column dead_letters.is_signed is 'false: none of our services sent it; only a bounded number of these is kept';
-- so that each of a flood of them is counted against the bound in no time
create index dead_letters_unsigned on dead_letters (id) where not is_signed;

create table unsigned_messages (
  topic text primary key,
  refused bigint not null,
  last_refused_at timestamptz not null
);
comment on table unsigned_messages is 'How many messages without a valid signature each topic has brought, kept or not';
