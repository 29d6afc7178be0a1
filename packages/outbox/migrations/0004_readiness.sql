create table readiness (
  name text primary key,
  written_at timestamptz not null
);
comment on table readiness is 'One row that a readiness check writes: a database that reads may still take no writes';
