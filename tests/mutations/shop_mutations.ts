import type { Mutation } from "./mutation.ts";

const floods = "tests/floods_integration_test.ts";
const watch = "packages/payment/infrastructure/payment_watch.ts";
const watchTest = "packages/payment/infrastructure/payment_watch_test.ts";

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
    file: "packages/order/presentation/client_address.ts",
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
    replace:
      "underWay.confirm + underWay.cancel + underWay.query < limits.atOnce[name]",
    killer: {
      file: "packages/payment/infrastructure/toss/toss_rate_test.ts",
      name: "that hangs takes no place of",
    },
  },
];
