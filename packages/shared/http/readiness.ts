import { Hono } from "hono";
import { sql, type Kysely } from "kysely";
import { within } from "@payflow/database";

/** A part that takes longer is not ready. */
const partLimitMs = 2_000;
/** However many ask, the database is written to once in this time. */
const writeEveryMs = 1_000;

type Part = "ready" | "down";
type Check = () => Promise<unknown>;

/**
 * Resolves when the database takes writes: one row changes, and about 200 kB go to a temporary file, since a row may still
 * find room in its page when the disk is full. Calls within a second share one answer.
 */
export function writeCheck(db: Kysely<never>): Check {
  let answer: Promise<unknown> | undefined;
  return () => {
    if (answer === undefined) {
      answer = sql`
        with small as materialized (select set_config('work_mem', '64kB', true) as memory),
        spilled as materialized (
          select count(*) as rows from small, generate_series(1, 5000 + 0 * length(small.memory)))
        insert into readiness (name, written_at)
        select 'probe', clock_timestamp() from spilled where rows > 0
        on conflict (name) do update set written_at = excluded.written_at`.execute(db);
      const forget = () => setTimeout(() => (answer = undefined), writeEveryMs).unref();
      answer.then(forget, forget);
    }
    return answer;
  };
}

export type HealthChecks = {
  /** Without one of these parts the service is "down"; without one of the others "degraded", and still ready. */
  readonly needed: Readonly<Record<string, Check>>;
  readonly others?: Readonly<Record<string, Check>>;
  /** The process is on its way out: "stopping", while it still answers. */
  readonly isStopping: () => boolean;
};

/** Whether a service takes requests (200) or not (503), with the state of each part. */
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
