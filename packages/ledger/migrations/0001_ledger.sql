-- The comment above each index names its readers.

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
comment on table ledger_entries is 'Every movement of money at the provider, written with the payment''s change that recorded it; never changed or deleted';
comment on column ledger_entries.version is 'Version of the payment that books the entry';
comment on column ledger_entries.amount_krw is 'Negative for money that went back';
comment on column ledger_entries.vat_krw is 'As the provider states it for a capture; otherwise null';
comment on column ledger_entries.tax_free_krw is 'As the provider states it for a capture and for a cancel, with the sign of the amount; otherwise null';
-- money by day, exports
create index ledger_entries_by_time on ledger_entries (occurred_at, order_id);

-- search by a part of a paymentKey: any eight characters of a key contain a whole piece
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
comment on table reconciliations is 'Days in Korea whose provider list is compared with the ledger; a day without finished_at is due';

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
comment on table reconciliation_exceptions is 'Differences; resolved by a later comparison, or by an operator with a reason';
-- operators, metrics
create index reconciliation_exceptions_open on reconciliation_exceptions (day) where resolved_at is null;

-- declines by time; the index contains no other changes
create index history_declined on history (recorded_at) where detail @> '{"entries": [{"kind": "declined"}]}';
