-- Each index names who reads by it.

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
comment on column orders.order_number is 'What people call the order by, as 1127-K7P3; derived from id and created_at, so short that it may be taken';
comment on column orders.tax_free_krw is 'Of the amount, what bears no VAT';
comment on column orders.metadata is 'Given with the order by whoever placed it by a key; emptied with the customer''s name, like return_url';
comment on column orders.items is 'json: read as it was written, never searched';
comment on column orders.customer_name is 'Empty once it was erased, like customer_email';
comment on column orders.payment is 'The newest snapshot of the payment that was applied; the order''s status follows from it';
comment on column orders.refund_request is 'The shopper''s newest request for a refund and what became of it';
-- refund requests that wait for an operator
create index orders_refund_requested on orders (id) where refund_request->>'status' in ('requested', 'granting');
-- search by number; placing: a number that is taken is refused, and a longer one tried
create unique index orders_by_number on orders (order_number);
-- search by the shop's own reference, which no two orders have
create unique index orders_by_reference on orders (merchant_reference) where merchant_reference is not null;
-- a browser's own orders
create index orders_by_session on orders (session_id, id) where session_id is not null;
-- orders of a status, newest first; the sweep of unsettled orders
create index orders_by_status on orders (status, id);
-- the sweep of orders whose payment may be behind, in the order of their newest change
create index orders_followed on orders (changed_at, id) where payment is not null;
-- erasure of a person; search by an address or its beginning, which only the collation C has in one range
create index orders_by_email on orders (lower(customer_email) collate "C", id) where customer_email <> '';
-- search; none of the three costs anything while an order is placed
create index orders_by_name on orders (lower(customer_name) collate "C") where payment is not null and customer_name <> '';
create index orders_by_amount on orders (amount_krw, id) where payment is not null;
create index orders_by_method on orders ((payment->>'method'), status, id) where payment->>'method' is not null;
-- erasure of names whose time is over
create index orders_unpaid_named on orders (expires_at) where customer_email <> '' and confirmed_at is null;
create index orders_paid_named on orders (confirmed_at) where customer_email <> '' and confirmed_at is not null;

create table products (
  id text primary key,
  name text not null
);
comment on table products is 'Names of all that was ever sold, for carts that still hold it; filled from shop.json at every start';

create table orphaned_payments (
  order_id uuid primary key,
  payment jsonb not null,
  found_at timestamptz not null default now()
);
comment on table orphaned_payments is 'Payments whose orders are not here, since this database was put back to an earlier moment: an operator returns their money or finds out what was bought';
