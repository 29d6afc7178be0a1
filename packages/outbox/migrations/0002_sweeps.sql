create table sweeps (
  name text primary key,
  done_until timestamptz not null
);
comment on table sweeps is 'How far each sweep has come, so that one that was away for long goes on where it ended';
