create table orders (
  id text primary key,
  version integer not null check (version >= 1),
  status text not null check (status in
    ('PENDING', 'AWAITING_DEPOSIT', 'CONFIRMED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'CANCELED', 'EXPIRED')),
  session_id text,
  order_name text not null,
  amount_krw bigint not null check (amount_krw > 0),
  currency text not null check (currency = 'KRW'),
  items jsonb not null,
  customer_name text not null,
  customer_email text not null,
  refunded_amount_krw bigint not null check (refunded_amount_krw between 0 and amount_krw),
  payment jsonb,
  created_at timestamptz not null,
  confirmed_at timestamptz,
  expires_at timestamptz not null
);
comment on column orders.id is 'UUIDv7, so ids sort by the time of placing';
comment on column orders.payment is 'The newest result of the payment that was applied; the order''s status follows from it';
create index orders_by_session on orders (session_id, id desc) where session_id is not null;
create index orders_by_status on orders (status, id desc);

create table products (
  id text primary key,
  name text not null,
  description text,
  unit_price_krw bigint not null check (unit_price_krw > 0),
  position integer not null,
  active boolean not null
);
comment on table products is 'Prices come from here alone; filled from shop.json at every start';
