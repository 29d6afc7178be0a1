import type { Mutation } from "./mutation.ts";

const floods = "tests/floods_integration_test.ts";
const watch = "packages/outbox/watch.ts";
const watchTest = "packages/payment/infrastructure/payment_watch_test.ts";
const streams = "packages/access/stream_places.ts";
const streamsTest = "packages/access/stream_places_test.ts";
const live = "ui/static/live.js";
const watching = "ui/watching_browser_test.ts";
const shopRoutesTest = "ui/routes/shop_routes_test.ts";
const orderRoutesTest = "ui/routes/order_routes_test.ts";

/** Limits per client, and the shop's pages. */
export const shopMutations: readonly Mutation[] = [
  {
    rule: "Identical concurrent confirms share one call to payment",
    broken: "each makes its own call",
    file: "packages/order/application/confirm_order.ts",
    find: "      if (known !== undefined) return known;\n",
    replace: "",
    killer: { file: floods, name: "identical confirms make one call" },
  },
  {
    rule: "Calls of one kind leave slots for other kinds",
    broken: "all kinds share the slots of confirms",
    file: "packages/order/infrastructure/http_payments.ts",
    find: "return await gate(pool, ",
    replace: 'return await gate("confirms", ',
    killer: { file: floods, name: "leave slots for webhooks and reads" },
  },
  {
    rule: "One client address has a bounded number of concurrent calls",
    broken: "every IPv6 address of a /64 counts separately",
    file: "packages/shared/http/networks.ts",
    find: ".slice(0, 4)",
    replace: "",
    killer: { file: floods, name: "are limited, IPv6 by its /64" },
  },
  {
    rule: "A save wakes the waiting call at once",
    broken: "the call waits until the database is polled",
    file: watch,
    find: "    for (const onNewer of entry.listeners) onNewer();\n",
    replace: "",
    killer: { file: watchTest, name: "wakes every call by a save" },
  },
  {
    rule: "A save by another replica also wakes a waiting call",
    broken: "the database is not polled",
    file: watch,
    find: "for (const item of await findNewer(watched())) notify(item);",
    replace: "await findNewer(watched());",
    killer: { file: watchTest, name: "queries the saves of other replicas once for all requests" },
  },
  {
    rule: "Calls to Toss that hang leave slots for other kinds",
    broken: "all kinds share one limit",
    file: "packages/shared/http/call_gate.ts",
    find: "waiting.size > 0 && taken < places",
    replace: "waiting.size > 0 && lanes.reduce((sum, one) => sum + one.taken, 0) < places",
    killer: {
      file: "packages/shared/http/call_gate_test.ts",
      name: "that hangs takes no place of",
    },
  },
  {
    rule: "The next shopper always gets a stream",
    broken: "the newest stream of all is closed",
    file: streams,
    find: "next.length > most.length ? next : most",
    replace: "most",
    killer: { file: streamsTest, name: "at the total limit" },
  },
  {
    rule: "The next shopper always gets a stream",
    broken: "one address may hold all streams",
    file: streams,
    find: "makeRoom(limits.perAddress, ({ line }) => line === stream.line);",
    replace: "",
    killer: { file: streamsTest, name: "an address at its limit" },
  },
  {
    rule: "Open order pages leave connections for the shop",
    broken: "every page keeps a stream",
    file: live,
    find: "const streamsMax = 3;",
    replace: "const streamsMax = 9;",
    killer: { file: watching, name: "seven order pages open in one browser" },
  },
  {
    rule: "Open order pages leave connections for the shop",
    broken: "a hidden page keeps its stream",
    file: live,
    find: "  if (document.hidden) return close();\n",
    replace: "  if (document.hidden) return;\n",
    killer: { file: watching, name: "a hidden page has no stream" },
  },
  {
    rule: "A stream sends its first bytes at once",
    broken: "they come with the first change",
    file: "ui/routes/order_routes.tsx",
    find: "      await beat();\n",
    replace: "",
    killer: { file: orderRoutesTest, name: "sends its first bytes at once" },
  },
  {
    rule: "Pages use the database's clock",
    broken: "an order's page uses the process's clock",
    file: "ui/routes/order_routes.tsx",
    find: "now: new Date(deps.now())",
    replace: "now: new Date()",
    killer: { file: orderRoutesTest, name: "pages go by the clock" },
  },
  {
    rule: "The cart is kept in the browser",
    broken: "the page always starts with one piece of the first product",
    file: "ui/checkout_form.ts",
    find: "? linked : from.cart;",
    replace: "? linked : undefined;",
    killer: { file: shopRoutesTest, name: "shows the cart that was chosen" },
  },
  {
    rule: "The cart is kept in the browser",
    broken: "a change is kept only after its total has arrived",
    file: "ui/static/shop.js",
    find: 'if (input.name.startsWith("quantity.")) keepCart();',
    replace: "",
    killer: {
      file: "ui/ordering_browser_test.ts",
      name: "a change is kept though the shopper leaves",
    },
  },
  {
    rule: "An item that can't be ordered is named, and the rest gets a total",
    broken: "a discontinued product is silently dropped",
    file: "ui/checkout_form.ts",
    find: 'leftOut.push({ reason: "notSold", name: deps.formerName(productId) });',
    replace: "continue;",
    killer: { file: shopRoutesTest, name: "is named, and the rest can be" },
  },
];
