create or replace view open_ends as
  select p.id as order_id, p.status as payment_status, 'attempt' as kind, a->>'paymentKey' as key,
    a->>'status' as status, (a->>'checks')::integer as asks, (a->>'nextAt')::timestamptz as next_at,
    a->'failure'->>'code' as said,
    coalesce(a->'cancel'->>'needsAccount' = 'true' and a->'cancel'->'account' = 'null', false) as lacks_account,
    (a->>'checks')::integer >= 71 as needs_person
  from payments p, jsonb_array_elements(p.attempts) a
  where p.next_at is not null and (a->>'status' in ('REQUESTED', 'UNKNOWN', 'VOIDING')
    or a->>'status' = 'WAITING_FOR_DEPOSIT' and ((a->>'checks')::integer >= 71 or p.closing is not null))
  union all
  select p.id, p.status, 'refund', r->>'key', r->>'status', (r->>'checks')::integer, (r->>'nextAt')::timestamptz,
    r->'failure'->>'code', false, (r->>'checks')::integer >= 71
  from payments p, jsonb_array_elements(p.refunds) r
  where p.next_at is not null and r->>'status' in ('REQUESTED', 'UNKNOWN');
comment on view open_ends is 'What Toss has yet to end; each has something due. 71 checks are the whole schedule of domain/operation.ts: from then on one a day, and it needs manual review';
