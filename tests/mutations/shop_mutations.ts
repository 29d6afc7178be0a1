import type { Mutation } from "./mutation.ts";

const floods = "tests/floods_integration_test.ts";
const watch = "packages/payment/infrastructure/payment_watch.ts";
const watchTest = "packages/payment/infrastructure/payment_watch_test.ts";
const streams = "packages/order/presentation/stream_places.ts";
const streamsTest = "packages/order/presentation/stream_places_test.ts";
const live = "ui/static/live.js";
const watching = "ui/watching_browser_test.ts";
const shopRoutesTest = "ui/routes/shop_routes_test.ts";
const orderRoutesTest = "ui/routes/order_routes_test.ts";

/** What one client may take up, and what the shop's pages promise. */
export const shopMutations: readonly Mutation[] = [
  {
    rule: "Identical confirms share one call",
    broken: "each makes its own",
    file: "packages/order/application/confirm_order.ts",
    find: "      if (known !== undefined) return known;\n",
    replace: "",
    killer: { file: floods, name: "many identical confirms are one call" },
  },
  {
    rule: "Calls of one kind leave the places of the others",
    broken: "all kinds share the places of confirms",
    file: "packages/order/infrastructure/http_payments.ts",
    find: "return await pools[pool].run(",
    replace: "return await pools.confirms.run(",
    killer: { file: floods, name: "leave room for webhooks and reads" },
  },
  {
    rule: "One address has a bounded number of calls under way",
    broken: "every IPv6 address of a line counts by itself",
    file: "packages/shared/http/rate_limit.ts",
    find: "    .slice(0, 4)\n",
    replace: "",
    killer: { file: floods, name: "bounded, by IPv6's /64 as well" },
  },
  {
    rule: "A call that waits is woken by the save",
    broken: "it waits for the next look at the database",
    file: watch,
    find: "    for (const tell of entry.waiting) tell(payment);\n",
    replace: "",
    killer: { file: watchTest, name: "wakes every call by a save" },
  },
  {
    rule: "What another replica saved wakes a call as well",
    broken: "nobody looks",
    file: watch,
    find: "for (const payment of await findNewer(known)) notify(payment);",
    replace: "await findNewer(known);",
    killer: { file: watchTest, name: "asks once for all calls" },
  },
  {
    rule: "Calls to Toss that hang leave the places of other kinds",
    broken: "all share one number of places",
    file: "packages/payment/infrastructure/toss/toss_rate.ts",
    find: "underWay[name] < limits.atOnce[name]",
    replace: "underWay.confirm + underWay.cancel + underWay.query < limits.atOnce[name]",
    killer: {
      file: "packages/payment/infrastructure/toss/toss_rate_test.ts",
      name: "that hangs takes no place of",
    },
  },
  {
    rule: "There is a stream for the next shopper",
    broken: "the newest stream of all gives way",
    file: streams,
    find: "evict(first(largest(byLine)))",
    replace: "evict([...all].at(-1))",
    killer: { file: streamsTest, name: "when all places are taken" },
  },
  {
    rule: "There is a stream for the next shopper",
    broken: "one address may have all of them",
    file: streams,
    find: "if (ofLine.size >= limits.perAddress) evict(first(ofLine));",
    replace: "",
    killer: { file: streamsTest, name: "an address with many streams" },
  },
  {
    rule: "Open order pages leave the shop its connections",
    broken: "every page has a stream",
    file: live,
    find: "const streamsMax = 3;",
    replace: "const streamsMax = 9;",
    killer: { file: watching, name: "seven order pages open in one browser" },
  },
  {
    rule: "Open order pages leave the shop its connections",
    broken: "a page keeps its stream when nobody sees it",
    file: live,
    find: "  if (document.hidden) return close();\n",
    replace: "  if (document.hidden) return;\n",
    killer: { file: watching, name: "a page that nobody sees has no stream" },
  },
  {
    rule: "A browser never waits for a stream's first byte",
    broken: "it comes with the first change",
    file: "ui/routes/order_routes.tsx",
    find: "      await beat();\n",
    replace: "",
    killer: { file: orderRoutesTest, name: "sends its first bytes at once" },
  },
  {
    rule: "Pages go by the database's clock",
    broken: "an order's page goes by the process's",
    file: "ui/routes/order_routes.tsx",
    find: "now: new Date(deps.now())",
    replace: "now: new Date()",
    killer: { file: orderRoutesTest, name: "pages go by the clock" },
  },
  {
    rule: "The cart is kept in the browser",
    broken: "the page begins with one piece of the first product each time",
    file: "ui/checkout_form.ts",
    find: "? asked : from.cart;",
    replace: "? asked : undefined;",
    killer: { file: shopRoutesTest, name: "shows the cart that was chosen" },
  },
  {
    rule: "The cart is kept in the browser",
    broken: "a change is only kept when its total has come",
    file: "ui/static/shop.js",
    find: 'if (input.name.startsWith("quantity.")) keepCart();',
    replace: "",
    killer: {
      file: "ui/ordering_browser_test.ts",
      name: "a change is kept though the shopper leaves",
    },
  },
  {
    rule: "A line that can't be ordered is named, and the rest has a total",
    broken: "a product that is not sold any more is left out without a word",
    file: "ui/checkout_form.ts",
    find: 'leftOut.push({ reason: "notSold", name: deps.formerName(productId) });',
    replace: "continue;",
    killer: { file: shopRoutesTest, name: "is named, and the rest can be" },
  },
];
