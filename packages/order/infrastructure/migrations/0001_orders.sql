-- The comment on each index names the queries that use it.

create table orders (
  -- find, saves, newest orders, metrics
  id uuid primary key,
  version integer not null check (version >= 1),
  status text not null check (status in
    ('PENDING', 'AWAITING_DEPOSIT', 'CONFIRMED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'CANCELED', 'EXPIRED')),
  order_number text collate "C" not null,
  merchant_reference text collate "C",
  metadata json not null default '{}',
  return_url text,
  session_id uuid,
  order_name text not null,
  amount_krw bigint not null check (amount_krw > 0),
  tax_free_krw bigint not null default 0 check (tax_free_krw between 0 and amount_krw),
  currency text not null check (currency = 'KRW'),
  items json not null,
  customer_name text not null,
  customer_email text not null,
  language text not null default 'ko' check (language in ('ko', 'en')),
  refunded_amount_krw bigint not null check (refunded_amount_krw between 0 and amount_krw),
  payment jsonb,
  refund_request jsonb,
  created_at timestamptz not null,
  confirmed_at timestamptz,
  expires_at timestamptz not null,
  changed_at timestamptz(3) not null default now()
);
comment on column orders.id is 'UUIDv7, so ids sort by the time of placing';
comment on column orders.order_number is 'Short number for people, as 1127-K7P3; derived from id and created_at, so short that collisions occur';
comment on column orders.tax_free_krw is 'The part of amount_krw that bears no VAT';
comment on column orders.metadata is 'Set by the integrator that placed the order; erased with the customer''s name, like return_url';
comment on column orders.items is 'json: read as it was written, never searched';
comment on column orders.customer_name is 'Empty after erasure, like customer_email; empty alone while the erasure is under way';
comment on column orders.payment is 'The newest applied snapshot of the payment; the order''s status is derived from it';
comment on column orders.refund_request is 'The shopper''s newest refund request and its outcome';
-- open refund requests
create index orders_refund_requested on orders (id) where refund_request->>'status' in ('requested', 'granting');
-- search by number; placing retries a taken number with a longer one
create unique index orders_by_number on orders (order_number);
-- search by the shop's own reference, which is unique
create unique index orders_by_reference on orders (merchant_reference) where merchant_reference is not null;
-- a browser's own orders
create index orders_by_session on orders (session_id, id) where session_id is not null;
-- orders of a status, newest first; the sweep of unsettled orders
create index orders_by_status on orders (status, id);
-- the sweep that detects payments that payment's database has lost
create index orders_followed on orders (changed_at, id) where payment is not null;
-- erasure of a customer; search by an address or its prefix (collation C, in which a prefix is one range)
create index orders_by_email on orders (lower(customer_email) collate "C", id) where customer_email <> '';
-- search; partial, so that placing an order does not write to any of the three
create index orders_by_name on orders (lower(customer_name) collate "C") where payment is not null and customer_name <> '';
create index orders_by_amount on orders (amount_krw, id) where payment is not null;
create index orders_by_method on orders ((payment->>'method'), status, id) where payment->>'method' is not null;
-- erasure of names after their retention time
create index orders_unpaid_named on orders (expires_at) where customer_email <> '' and confirmed_at is null;
create index orders_paid_named on orders (confirmed_at) where customer_email <> '' and confirmed_at is not null;
-- erasures that were interrupted
create index orders_half_erased on orders (id) where customer_email <> '' and customer_name = '';

create table products (
  id text primary key,
  name text not null
);
comment on table products is 'Names of all products ever sold, for carts that still hold them; filled from shop.json at every start';

create table orphaned_payments (
  order_id uuid primary key,
  payment jsonb not null,
  found_at timestamptz not null default now(),
  dismissed_at timestamptz
);
comment on table orphaned_payments is 'Payments without an order, after this database was restored to an earlier time: an operator refunds them or finds out what was bought';
