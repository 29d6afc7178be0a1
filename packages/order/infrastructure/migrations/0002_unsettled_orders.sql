-- The sweep pages through these by id, every minute: without it PostgreSQL may walk through every order ever settled.
create index orders_unsettled on orders (id) where status in ('PENDING', 'AWAITING_DEPOSIT');
