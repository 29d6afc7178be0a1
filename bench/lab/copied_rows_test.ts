import { expect, test } from "bun:test";
import { copiedColumn } from "./copied_rows.ts";

const ids = { orderId: "0192-a", paymentKey: "tviva-b", email: "kim@example.com" };
const of = (name: string, type: string, sample: string | null, isUnique = false) =>
  copiedColumn({ name, type, isUnique, sample }, ids);

test("copiedColumn() gives each copy its own id, key and address", () => {
  expect(of("id", "text", "0192-a", true)).toBe("c.id::text");
  expect(of("aggregate_id", "uuid", "0192-a")).toBe("c.id::uuid");
  expect(of("key", "text", "tviva-b")).toBe("c.payment_key::text");
  expect(of("customer_email", "text", "kim@example.com")).toBe("c.email::text");
  expect(of("event_id", "uuid", "77")).toBe("gen_random_uuid()");
  expect(of("code", "text", "x", true)).toBe(`s."code" || '-' || c.n`);
});

test("copiedColumn() replaces ids within texts and JSON, and leaves the rest unchanged", () => {
  expect(of("keys", "text[]", "{tviva-b}")).toBe(
    `(replace(s."keys"::text, 'tviva-b', c.payment_key))::text[]`,
  );
  expect(of("payload", "json", '{"orderId":"0192-a","paymentKey":"tviva-b"}')).toBe(
    `(replace(replace(s."payload"::text, '0192-a', c.id::text), 'tviva-b', c.payment_key))::json`,
  );
  expect(of("status", "text", "DONE")).toBe('s."status"');
  expect(of("failure", "jsonb", null)).toBe('s."failure"');
});

test("copiedColumn() spreads times and slots, and clears due times", () => {
  expect(of("created_at", "timestamp with time zone", "2026")).toBe('s."created_at" - c.age');
  expect(of("slot", "smallint", "3")).toBe("(c.n % 8)::smallint");
  expect(of("next_at", "timestamp with time zone", "2026")).toBe("null::timestamp with time zone");
});
