alter table payments add column looks integer not null default 0, add column looked_at timestamptz;
comment on column payments.looks is 'Queries to Toss that brought nothing new. They move what is due and make no version, no history row and no event; a change is written only on the count it was decided on';
