import type { Mutation } from "./mutation.ts";

const proxy = "packages/shared/runtime/proxy.ts";
const proxyTest = "packages/shared/runtime/proxy_test.ts";

/** What a process takes from the machine that it runs on. */
export const startMutations: readonly Mutation[] = [
  {
    rule: "Calls between PayFlow's own parts never use a proxy",
    broken: "they follow the environment's",
    file: proxy,
    find: "fetch(request, { proxy: false })",
    replace: "fetch(request)",
    killer: { file: proxyTest, name: "never uses a proxy" },
  },
  {
    rule: "Toss is called through the environment's proxy",
    broken: "it is called directly",
    file: proxy,
    find: "    : fetch(request);",
    replace: "    : fetchDirectly(request);",
    killer: { file: proxyTest, name: "uses the proxy to" },
  },
];
