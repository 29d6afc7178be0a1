-- Payment's database may be put back to an earlier moment: what it then lacks is found by what changed here lately.
alter table orders add column changed_at timestamptz(3) not null default now();
create index orders_followed on orders (changed_at, id) where payment is not null;

create table orphaned_payments (
  order_id text primary key,
  payment jsonb not null,
  found_at timestamptz not null default now()
);
comment on table orphaned_payments is 'Payments whose orders are not here, since this database was put back to an earlier moment: an operator returns their money or finds out what was bought';
