import { expect, test } from "bun:test";
import { orderFindings } from "./services.ts";

test.each([
  [200, "fine", "accepts"],
  [401, "fault", "rejects"],
  [403, "fault", "rejects"],
  [503, "warning", "can't check .* \\(HTTP 503\\)"],
] as const)(
  "orderFindings() of a service that answers a call with the key with %d: %s",
  async (status, level, says) => {
    await using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) =>
        request.url.endsWith("/readyz")
          ? Response.json({ parts: { database: "down" } }, { status: 503 })
          : new Response(null, { status }),
    });
    const { hostname, port } = server.url;
    const config = { hostname, port: Number(port), merchantApiKey: "a-key-of-this-test" };
    const [, found] = await orderFindings(config as Parameters<typeof orderFindings>[0]);
    expect(found?.level).toBe(level);
    expect(found?.says).toMatch(new RegExp(says));
  },
);
