import type { Mutation } from "./mutation.ts";

const facts = "tests/api_merchant_facts_integration_test.ts";
const returnUrl = "packages/order/domain/return_url.ts";
const returnUrlTest = "packages/order/domain/return_url_test.ts";

/** References, return addresses and metadata of integrators, and order numbers. */
export const integratorMutations: readonly Mutation[] = [
  {
    rule: "An order whose number is taken gets a longer number",
    broken: "a taken number is a database error",
    file: "packages/outbox/saves.ts",
    find: "takenColumn = table.unique?.[constraintOf(error)];",
    replace: "",
    killer: {
      file: "packages/order/infrastructure/postgres_orders_integration_test.ts",
      name: "orders whose numbers are taken",
    },
  },
  {
    rule: "Taken numbers cost at most two more statements, however many orders are placed at once",
    broken: "equal numbers within one statement are not detected",
    file: "packages/outbox/saves.ts",
    find: "firsts.get(valueOf(save)) !== save",
    replace: "taken.has(save.id)",
    killer: {
      file: "packages/outbox/saves_integration_test.ts",
      name: "a statement with many taken codes",
    },
  },
  {
    rule: "An order is rejected for overload before its request is read",
    broken: "it is rejected only when it would be written",
    file: "packages/order/service.ts",
    find: "refuseLateOrders(app, config, deps)",
    replace: "app",
    killer: { file: "tests/floods_integration_test.ts", name: "new orders are rejected at once" },
  },
  {
    rule: "A save with a conflict fails without its batch",
    broken: "the insert ignores any conflict, and the claimed idempotency key stays taken",
    file: "packages/outbox/save_statements.ts",
    find: "on conflict (id) do nothing returning id",
    replace: "on conflict do nothing returning id",
    killer: {
      file: "packages/outbox/saves_integration_test.ts",
      name: "taken only at the second attempt",
    },
  },
  {
    rule: "No two orders have the same merchantReference",
    broken: "the second order is retried with longer and longer numbers",
    file: "packages/order/application/place_order.ts",
    find: "await requireNewReference(change.state, deps);",
    replace: "",
    killer: { file: facts, name: "a second order with the same reference is rejected" },
  },
  {
    rule: "Shoppers are redirected only to allowed origins",
    broken: "an order may have any return address",
    file: returnUrl,
    find: 'if (!origins.includes(url.origin)) throw refused("its origin must be one of RETURN_ORIGINS");',
    replace: "",
    killer: { file: returnUrlTest, name: "refuses" },
  },
  {
    rule: "An origin that is no longer allowed is not used for older orders either",
    broken: "the setting is checked only when an order is placed",
    file: returnUrl,
    find: "if (url === null || !origins.includes(url.origin)) return undefined;",
    replace: "if (url === null) return undefined;",
    killer: { file: returnUrlTest, name: "adds the order's outcome" },
  },
  {
    rule: "Erasing a customer also erases an order's metadata",
    broken: "metadata is kept",
    file: "packages/order/domain/order.ts",
    find: "metadata: {}, returnUrl: null, refundRequest: request,",
    replace: "returnUrl: null, refundRequest: request,",
    killer: { file: facts, name: "erasing a customer removes metadata" },
  },
  {
    rule: "Shoppers do not get the merchant's metadata",
    broken: "every caller who may see the whole order gets it",
    file: "packages/order/presentation/order_json.ts",
    find: "metadata: isMerchant ? order.metadata : {},",
    replace: "metadata: isWhole ? order.metadata : {},",
    killer: { file: facts, name: "an order keeps its reference" },
  },
];
