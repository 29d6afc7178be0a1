-- Whose name is still there: to find a person's orders, and those whose time is over.
create index orders_by_email on orders (lower(customer_email), id) where customer_email <> '';
create index orders_unpaid_named on orders (expires_at) where customer_email <> '' and confirmed_at is null;
create index orders_paid_named on orders (confirmed_at) where customer_email <> '' and confirmed_at is not null;
comment on column orders.customer_name is 'Empty once it was erased, like customer_email';
