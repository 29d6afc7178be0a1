import type { Mutation } from "./mutation.ts";

const search = "packages/order/infrastructure/postgres_order_search.ts";
const searchTest = "packages/order/infrastructure/postgres_order_search_integration_test.ts";

/** The operator's console. */
export const consoleMutations: readonly Mutation[] = [
  {
    rule: "An operator can do in the console only what the key's role allows",
    broken: "every operator may do everything",
    file: "packages/console/operator.ts",
    find: "if (operator !== undefined && mayAct(operator, role)) return operator;",
    replace: "if (operator !== undefined) return operator;",
    killer: {
      file: "packages/order/presentation/admin_orders_test.ts",
      name: "by the role",
    },
  },
  {
    rule: "A key of role read cannot export customers' names",
    broken: "its exports contain them",
    file: "packages/console/order_csv.ts",
    find: 'isMasked: role === "read"',
    replace: "isMasked: false",
    killer: { file: "tests/console_browser_test.ts", name: "a key of role read sees" },
  },
  {
    rule: "A refund in the console and a refund by the API under the same key are two refunds",
    broken: "both share one key",
    file: "packages/order/presentation/admin_orders.ts",
    find: "const key = `console:${parseInput(IdempotencyKey, given)}`;",
    replace: "const key = parseInput(IdempotencyKey, given);",
    killer: { file: "tests/console_integration_test.ts", name: "a refund is made once" },
  },
  {
    rule: "An export contains exactly the orders of its filter",
    broken: "it ignores the filter",
    file: search,
    find: "const bounded = { ...selection, until: last };",
    replace: "const bounded = { until: last };",
    killer: { file: searchTest, name: "exactly the selected orders" },
  },
  {
    rule: "A search that reached its limit returns a cursor",
    broken: "its page is the last one",
    file: search,
    find: "!isBehind(orderId, cut, walk)), next: cut };",
    replace: "!isBehind(orderId, cut, walk)), next: null };",
    killer: { file: searchTest, name: "exactly the selected orders" },
  },
  {
    rule: "A search reads a bounded number of rows",
    broken: "a page reads all rows",
    file: search,
    find: "isExact ? limit : scan",
    replace: "isExact ? limit : 10_000_000",
    killer: { file: searchTest, name: "reads a bounded number of rows" },
  },
  {
    rule: "No cell of an export is a formula",
    broken: "cells are written unescaped",
    file: "packages/back-office/csv.ts",
    find: "/^[=+\\-@＝＋－＠\\t\\r\\n]/.test(cell) ? `'${cell}` : cell",
    replace: "cell",
    killer: {
      file: "packages/console/order_csv_test.ts",
      name: "without formulas",
    },
  },
  {
    rule: "An order is found by any eight characters of the paymentKey of a ledger entry",
    broken: "every other piece of the key is missing in the index",
    file: "packages/ledger/migrations/0001_ledger.sql",
    find: "generate_series(1, length(key) - 3, 4) n",
    replace: "generate_series(1, length(key) - 3, 8) n",
    killer: {
      file: "packages/payment/infrastructure/payment_reads_integration_test.ts",
      name: "any part of it",
    },
  },
  {
    rule: "The pages of a list of both services show each row once",
    broken: "its rows are sorted by their times alone",
    file: "packages/console/both_parts.ts",
    find: "time: (time = earlier(time, timeOf(row)))",
    replace: "time: timeOf(row)",
    killer: { file: "packages/console/both_parts_test.ts", name: "shows each row once" },
  },
];
