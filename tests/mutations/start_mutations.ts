import type { Mutation } from "./mutation.ts";

const proxy = "packages/shared/http/proxy.ts";
const kafkaTest = "packages/local-stack/servers/kafka_integration_test.ts";
const proxyTest = "packages/shared/http/proxy_test.ts";

/** Proxies, locales, paths, files and time-outs at start. */
export const startMutations: readonly Mutation[] = [
  {
    rule: "Calls between PayFlow's services never use a proxy",
    broken: "they use the environment's proxy",
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
  {
    rule: "Java opens a folder with Korean letters under every locale",
    broken: "it gets the C locale",
    file: "packages/local-stack/servers/java.ts",
    find: 'LC_ALL: "C.UTF-8"',
    replace: 'LC_ALL: "C"',
    killer: { file: kafkaTest, name: "takes any letter" },
  },
  {
    rule: "No character of a path splits a setting of Kafka or Java",
    broken: "log.dirs is absolute",
    file: "packages/local-stack/servers/kafka.ts",
    find: "serverProperties({ nodeId: node.id, port, controllerPort, logDir }))",
    replace:
      "serverProperties({ nodeId: node.id, port, controllerPort, logDir: join(dataDir, logDir) }))",
    killer: { file: kafkaTest, name: "takes any letter" },
  },
  {
    rule: "The reason why Kafka does not start is shown",
    broken: "only the exit code is shown",
    file: "packages/local-stack/supervise/start_failure.ts",
    find: "    javaCause(lines) ??\n",
    replace: "",
    killer: { file: kafkaTest, name: "reports in one line" },
  },
  {
    rule: "A file that is not UTF-8 is rejected, not shown with replacement characters",
    broken: "shop.json is decoded leniently",
    file: "packages/order/infrastructure/shop_file.ts",
    find: "{ fatal: true }",
    replace: "{ fatal: false }",
    killer: { file: "packages/order/infrastructure/shop_file_test.ts", name: "refuses names in" },
  },
  {
    rule: "A secret that .env would cut off at a # is rejected",
    broken: "nothing checks for a #",
    file: "packages/operate/stack/env_file.ts",
    find: "/\\S#/.test(written)",
    replace: "/\\S##/.test(written)",
    killer: { file: "packages/operate/stack/env_file_test.ts", name: "reports" },
  },
  {
    rule: "A copied data folder does not use the original's orders",
    broken: "both use the same cluster",
    file: "packages/local-stack/servers/cluster_place.ts",
    find: "&& readId(other) === id) {",
    replace: "&& readId(other) !== id) {",
    killer: {
      file: "packages/local-stack/servers/cluster_place_test.ts",
      name: "a copy of a data folder is refused",
    },
  },
  {
    rule: "A moved data folder keeps its orders",
    broken: "the folder's path names the cluster",
    file: "packages/local-stack/servers/cluster_place.ts",
    find: 'const id = readId(dataDir) ?? randomBytes(6).toString("hex");',
    replace: 'const id = Buffer.from(dataDir).toString("hex").slice(-12);',
    killer: {
      file: "packages/local-stack/servers/cluster_place_test.ts",
      name: "after the data folder was moved",
    },
  },
  {
    rule: "A start does not time out while it makes progress",
    broken: "its time limit starts at the beginning",
    file: "packages/local-stack/supervise/until_up.ts",
    find: '    if (found === "alive") aliveAt = performance.now();\n',
    replace: "",
    killer: {
      file: "packages/local-stack/supervise/until_up_test.ts",
      name: "as there are signs of life",
    },
  },
];
