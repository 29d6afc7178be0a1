create table payments (
  id text primary key,
  version integer not null check (version >= 1),
  status text not null check (status in
    ('READY', 'IN_PROGRESS', 'WAITING_FOR_DEPOSIT', 'DONE', 'PARTIAL_CANCELED', 'CANCELED', 'EXPIRED')),
  order_name text not null,
  amount_krw bigint not null check (amount_krw > 0),
  currency text not null check (currency = 'KRW'),
  attempts jsonb not null,
  payment_keys text[] not null,
  kept jsonb,
  closing jsonb,
  failure jsonb,
  refunds jsonb not null,
  expires_at timestamptz not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  next_at timestamptz,
  claimed_until timestamptz,
  check (status not in ('WAITING_FOR_DEPOSIT', 'DONE', 'PARTIAL_CANCELED') or kept is not null)
);
comment on table payments is 'One row an order: the only judge of whether it can still be paid';
comment on column payments.id is 'The order''s id';
comment on column payments.attempts is 'Every paymentKey ever sent to Toss for the order, with what is due for it';
comment on column payments.refunds is 'Every refund that the merchant asked for; at most one is open';
comment on column payments.kept is 'What Toss holds for the order: the one approval, or the one account';
comment on column payments.next_at is 'When something is due; a claim defers it through claimed_until, without a new version';
create index payments_due on payments (next_at) where next_at is not null;
create index payments_changed on payments (changed_at, id);
create index payments_by_key on payments using gin (payment_keys);

create table webhooks (
  id text primary key,
  received_at timestamptz not null default now(),
  event_type text not null,
  order_id text,
  payment_key text,
  body text not null,
  next_at timestamptz default now(),
  tries integer not null default 0,
  is_stranger boolean not null default false,
  handled_at timestamptz
);
comment on column webhooks.is_stranger is 'About no payment of ours: a few are kept to be looked at, and nobody is asked';
comment on table webhooks is 'Toss''s hints as they came; each makes PayFlow ask Toss, and nothing in them is believed';
create index webhooks_by_order on webhooks (order_id, received_at);
create index webhooks_strange on webhooks (received_at) where is_stranger;
create index webhooks_due on webhooks (next_at) where handled_at is null;
