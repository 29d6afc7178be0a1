-- Each index names who reads by it.

create table ledger_entries (
  order_id uuid not null,
  version integer not null,
  position bigint not null,
  kind text not null check (kind in ('capture', 'refund', 'return', 'deposit_reversal', 'correction')),
  amount_krw bigint not null check (amount_krw <> 0),
  occurred_at timestamptz not null,
  payment_key text not null,
  transaction_key text,
  method text,
  card jsonb,
  vat_krw bigint,
  tax_free_krw bigint,
  receipt_url text,
  booked_at timestamptz not null default now(),
  -- one order's entries
  primary key (order_id, version, position)
);
comment on table ledger_entries is 'Every movement of money at the provider, written with the change of the payment that learnt of it; never changed, never deleted';
comment on column ledger_entries.version is 'Of the payment that books it';
comment on column ledger_entries.amount_krw is 'Below 0 for money that left';
comment on column ledger_entries.vat_krw is 'As the provider states it for a capture; null elsewhere';
comment on column ledger_entries.tax_free_krw is 'As the provider states it for a capture and for a cancel, with the sign of the amount; null elsewhere';
-- money by day, exports
create index ledger_entries_by_time on ledger_entries (occurred_at, order_id);

-- search by a part of a paymentKey: whatever eight characters it has, one of these pieces is whole among them
create function key_pieces(key text) returns text[] language sql immutable strict parallel safe
  return array(select substr(key, n, 4) from generate_series(1, length(key) - 3, 4) n);
create index ledger_entries_by_key_part on ledger_entries using gin (key_pieces(payment_key)) where kind = 'capture';

-- reconciliation
create index ledger_entries_by_key on ledger_entries (payment_key);

create trigger ledger_entries_stay before update or delete or truncate on ledger_entries
  for each statement execute function refuse_change();

create table reconciliations (
  day date primary key,
  requested_at timestamptz not null default now(),
  claimed_until timestamptz,
  finished_at timestamptz,
  matched integer
);
comment on table reconciliations is 'Days in Korea of which the provider''s list is compared with the ledger; one without finished_at is due';

create table reconciliation_exceptions (
  day date not null references reconciliations,
  payment_key text not null,
  transaction_key text not null,
  kind text not null check (kind in ('missing_here', 'missing_there', 'differs')),
  order_id uuid not null,
  listed_krw bigint,
  booked_krw bigint,
  found_at timestamptz not null default now(),
  resolved_at timestamptz,
  reason text,
  primary key (day, payment_key, transaction_key, kind)
);
comment on table reconciliation_exceptions is 'What differed; resolved by a later comparison, or by somebody with a reason';
-- operators, metrics
create index reconciliation_exceptions_open on reconciliation_exceptions (day) where resolved_at is null;

-- what was declined, by time; nothing else has an entry here
create index history_declined on history (recorded_at) where detail @> '{"entries": [{"kind": "declined"}]}';
