import { Hono } from "hono";
import type { ReadinessOutput } from "./order_output.ts";

/** Whoever asks for readiness asks often; a part that takes longer is not ready. */
const partTimeoutMs = 2_000;

type Part = ReadinessOutput["parts"]["database"];

/** Liveness, and readiness by part: without the database no order can be taken, without the others it can. */
export function healthRoutes(checks: {
  readonly database: () => Promise<unknown>;
  readonly payment: () => Promise<unknown>;
  readonly isKafkaReady: () => boolean;
}): Hono {
  return new Hono()
    .get("/healthz", (c) => c.json({ status: "ok" }))
    .get("/readyz", async (c) => {
      const [database, payment] = await Promise.all([
        partOf(checks.database()),
        partOf(checks.payment()),
      ]);
      const kafka: Part = checks.isKafkaReady() ? "ready" : "down";
      const parts = { database, payment, kafka };
      const isWhole = Object.values(parts).every((part) => part === "ready");
      const answer: ReadinessOutput = {
        status: database === "down" ? "down" : isWhole ? "ready" : "degraded",
        parts,
      };
      return c.json(answer, database === "down" ? 503 : 200);
    });
}

async function partOf(check: Promise<unknown>): Promise<Part> {
  const late = Promise.withResolvers<Part>();
  const timer = setTimeout(() => late.resolve("down"), partTimeoutMs);
  const answered = check.then(
    (): Part => "ready",
    (): Part => "down",
  );
  try {
    return await Promise.race([answered, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
