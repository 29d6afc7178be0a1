import type { Mutation } from "./mutation.ts";

const facts = "tests/api_merchant_facts_integration_test.ts";
const returnUrl = "packages/order/domain/return_url.ts";
const returnUrlTest = "packages/order/domain/return_url_test.ts";

/** What integrators give an order, and how orders are named. */
export const integratorMutations: readonly Mutation[] = [
  {
    rule: "An order whose number is taken gets a longer one",
    broken: "a taken number is a fault of the database",
    file: "packages/outbox/saves.ts",
    find: "takenColumn = table.unique?.[constraintOf(error)];",
    replace: "",
    killer: {
      file: "packages/order/infrastructure/postgres_orders_integration_test.ts",
      name: "orders whose numbers are taken",
    },
  },
  {
    rule: "A taken number costs a statement two more, however many are placed at once",
    broken: "numbers that two orders of one statement have are not looked for",
    file: "packages/outbox/saves.ts",
    find: "firsts.get(valueOf(save)) !== save",
    replace: "taken.has(save.id)",
    killer: {
      file: "packages/outbox/saves_integration_test.ts",
      name: "a statement with many taken codes",
    },
  },
  {
    rule: "A late order is refused before any work on it",
    broken: "only where it would be written",
    file: "packages/order/service.ts",
    find: "refuseLateOrders(app, config, { deps, log })",
    replace: "app",
    killer: { file: "tests/floods_integration_test.ts", name: "new orders are refused at once" },
  },
  {
    rule: "A save that collides fails alone",
    broken: "the insert passes over any conflict, and the key that it claimed stays taken",
    file: "packages/outbox/save_statements.ts",
    find: "on conflict (id) do nothing returning id",
    replace: "on conflict do nothing returning id",
    killer: {
      file: "packages/outbox/saves_integration_test.ts",
      name: "taken only at the second attempt",
    },
  },
  {
    rule: "No two orders have one merchantReference",
    broken: "the second one is tried with longer and longer numbers",
    file: "packages/order/application/place_order.ts",
    find: "await requireNewReference(change.state, deps);",
    replace: "",
    killer: { file: facts, name: "a second order with a reference is refused" },
  },
  {
    rule: "Shoppers are sent to allowed origins alone",
    broken: "an order may name any address",
    file: returnUrl,
    find: 'if (!origins.includes(url.origin)) throw refused("its origin must be one of RETURN_ORIGINS");',
    replace: "",
    killer: { file: returnUrlTest, name: "refuses" },
  },
  {
    rule: "An origin that is allowed no longer is out for orders placed before",
    broken: "only placing looks at the setting",
    file: returnUrl,
    find: "if (url === null || !origins.includes(url.origin)) return undefined;",
    replace: "if (url === null) return undefined;",
    killer: { file: returnUrlTest, name: "adds how the order ended" },
  },
  {
    rule: "What an integrator gave an order goes with the customer's name",
    broken: "erasure keeps metadata",
    file: "packages/order/domain/order.ts",
    find: "metadata: {}, returnUrl: null, refundRequest: request,",
    replace: "returnUrl: null, refundRequest: request,",
    killer: { file: facts, name: "who is forgotten leaves no metadata" },
  },
  {
    rule: "Shoppers do not get the merchant's metadata",
    broken: "whoever sees an order gets it",
    file: "packages/order/presentation/order_json.ts",
    find: "metadata: isMerchant ? order.metadata : {},",
    replace: "metadata: isWhole ? order.metadata : {},",
    killer: { file: facts, name: "an order keeps its reference" },
  },
];
