import { Hono } from "hono";
import { within } from "@payflow/database";

/** The time-out of each part's check. */
const partLimitMs = 2_000;

type Part = "ready" | "down";
type Check = () => Promise<unknown>;

export type HealthChecks = {
  /** If one of these parts fails, the service is "down"; if one of the others fails, "degraded", but still ready. */
  readonly needed: Readonly<Record<string, Check>>;
  readonly others?: Readonly<Record<string, Check>>;
  /** True while the process drains: the status is "stopping", but requests are still served. */
  readonly isStopping: () => boolean;
};

/** The response of /readyz: 200 if the service accepts requests, else 503, with the state of each part. */
export async function readiness({ needed, others = {}, isStopping }: HealthChecks) {
  const checks = Object.entries({ ...needed, ...others });
  const states = await Promise.all(
    checks.map(async ([name, check]) => [name, await partOf(check())] as const),
  );
  const parts = Object.fromEntries(states);
  const isDown = Object.keys(needed).some((name) => parts[name] === "down");
  const isWhole = states.every(([, state]) => state === "ready");
  const running = isDown ? "down" : isWhole ? "ready" : "degraded";
  const status = isStopping() ? "stopping" : running;
  return {
    status: status === "ready" || status === "degraded" ? 200 : 503,
    body: { status, parts },
  } as const;
}

export function healthRoutes(checks: HealthChecks): Hono {
  return new Hono()
    .get("/healthz", (c) => c.json({ status: "ok" }))
    .get("/readyz", async (c) => {
      const { status, body } = await readiness(checks);
      return c.json(body, status);
    });
}

const partOf = (check: Promise<unknown>): Promise<Part> =>
  within(check, partLimitMs).then(
    () => "ready",
    () => "down",
  );
