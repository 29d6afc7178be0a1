import { sql, type RawBuilder } from "kysely";
import { isUuid } from "@payflow/outbox";
import { pageOf, type Page } from "@payflow/outbox/operate";

/** The condition on rows behind a place, newest first: a time, an order, these numbers. What is no place begins anew. */
export function behindPlace(
  after: string | undefined,
  numbers: readonly string[],
): RawBuilder<unknown> {
  const text = Buffer.from(after ?? "", "base64url").toString();
  const [, at, orderId = "", rest = ""] =
    /^(\S+ \S+) ([0-9a-f-]{36})((?: \d{1,9})+)$/.exec(text) ?? [];
  const values = rest.trim().split(" ").map(Number);
  const isPlace = isUuid(orderId) && values.length === numbers.length;
  if (at === undefined || !isPlace || Number.isNaN(Date.parse(at))) return sql``;
  const integers = sql.join(values.map((value) => sql`${value}::integer`));
  return sql`and (created_at, order_id, ${sql.join(numbers.map((name) => sql.ref(name)))}) < (${at}::text::timestamptz, ${orderId}::text::uuid, ${integers})`;
}

/** A page of rows that were read with their `place`. */
export function pageByPlace<Row extends { readonly place: string }>(
  found: readonly Row[],
  limit: number,
): Page<Omit<Row, "place">> {
  const { rows, next } = pageOf(found, limit, ({ place }) =>
    Buffer.from(place).toString("base64url"),
  );
  return { rows: rows.map(({ place: _, ...row }) => row), next };
}
