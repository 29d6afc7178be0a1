create table proven_database (
  only_row boolean primary key default true check (only_row),
  incarnation text not null
);
comment on table proven_database is 'The run of the server for which Toss''s list was read to its end: on any other one (restarted, failed over to, restored) transactions may be lost';

create table unclaimed_money (
  transaction_key text primary key,
  order_id text not null,
  payment_key text not null,
  amount_krw bigint not null,
  found_at timestamptz not null default now()
);
comment on table unclaimed_money is 'What Toss lists for order ids in our form of which no payment is here: looked at when one is opened, and an operator''s otherwise';
comment on column unclaimed_money.amount_krw is 'Below 0 for a cancel';
create index unclaimed_money_by_order on unclaimed_money (order_id);
