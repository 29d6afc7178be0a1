// A service process for the test of stopping. A request to /slow is answered on the first input on standard input.
import { createLog } from "../log.ts";
import { healthRoutes } from "../readiness.ts";
import { serve } from "../serve.ts";

const go = Promise.withResolvers<void>();
let isStopping = false;
const app = healthRoutes({ needed: { database: async () => {} }, isStopping: () => isStopping })
  .get("/slow", async (c) => {
    console.log("slow");
    await go.promise;
    return c.text("done");
  })
  .get("/", (c) => c.text("here"));

process.stdin.once("data", () => go.resolve());
await serve({
  name: "fixture",
  log: createLog("fixture"),
  port: 0,
  hostname: "127.0.0.1",
  drainMs: Number(process.argv[2]),
  create: () => ({
    fetch: (request) => app.fetch(request),
    async start() {},
    drain() {
      isStopping = true;
    },
    async stop() {
      console.log("stopped");
    },
  }),
});
