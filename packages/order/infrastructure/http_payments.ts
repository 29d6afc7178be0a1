import * as v from "valibot";
import { isTemporary } from "@payflow/database";
import { internalCalls, type InternalCall, type Operate } from "@payflow/back-office";
import { actingHeader, AppError, paymentCalls, sentActing } from "@payflow/shared";
import type { PaymentCall } from "@payflow/shared";
import { acting, inSpan, noTracer, type Tracer } from "@payflow/outbox";
import { createCallGate, fetchDirectly, type Logger, type Metrics } from "@payflow/shared/http";
import type { PaymentService } from "../application/ports.ts";

/** For calls that payment answers from its own database. */
const readTimeoutMs = 5_000;
const sweepTimeoutMs = 15_000;
/** To rebuild a row payment may read Toss's list, which may take a minute. */
const compareTimeoutMs = 90_000;
/** For calls that query Toss first; closing queries it twice. */
const closeTimeoutMs = 40_000;
/** For reports over a month of a large shop, and for replays of messages to Kafka. */
const slowTimeoutMs = 25_000;
/**
 * A pool per kind of call, so that one kind cannot starve another. Together they stay below Bun's limit of 256
 * concurrent requests (BUN_CONFIG_MAX_HTTP_REQUESTS). Short calls may wait for a place. Calls that may wait for Toss
 * are refused at once when their pool is full, and their callers retry.
 */
const poolSizes = {
  webhooks: { places: 40, waitingMax: 1_000 },
  confirms: { places: 96, waitingMax: 0 },
  refunds: { places: 24, waitingMax: 0 },
  closes: { places: 24, waitingMax: 0 },
  reads: { places: 40, waitingMax: 500 },
  sweeps: { places: 8, waitingMax: 20 },
  operators: { places: 8, waitingMax: 50 },
};
type Kind = { readonly pool: keyof typeof poolSizes; readonly timeoutMs: number };

/** A permanent failure in payment: a retry would fail too. Callers still get `payment_unavailable`. */
class PaymentFault extends Error {}
export const isTemporaryFailure = (error: unknown) =>
  isTemporary(error) && !((error as Error).cause instanceof PaymentFault);

export function httpPayments(options: {
  readonly url: string;
  readonly internalApiKey: string;
  readonly confirmWaitMs: number;
  readonly log: Logger;
  readonly onPool?: Metrics["pool"];
  readonly tracer?: Tracer;
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
}): PaymentService & { readonly operate: Operate } {
  const { log, tracer = noTracer, fetch: send = fetchDirectly } = options;
  const gate = createCallGate(poolSizes);
  for (const [pool, read] of gate.pools) options.onPool?.(`payment_${pool}`, read);

  const timeoutMs = options.confirmWaitMs + 5_000;
  const closing: Kind = { pool: "closes", timeoutMs: closeTimeoutMs };
  const reading: Kind = { pool: "reads", timeoutMs: readTimeoutMs };
  const slow: Kind = { pool: "operators", timeoutMs: slowTimeoutMs };
  const kinds: { readonly [Name in InternalCall]?: Kind } & Record<PaymentCall, Kind> = {
    confirm: { pool: "confirms", timeoutMs },
    refund: { pool: "refunds", timeoutMs },
    "query-now": { pool: "refunds", timeoutMs },
    close: closing,
    "refund-account": closing,
    find: reading,
    history: reading,
    "receive-webhook": { pool: "webhooks", timeoutMs: readTimeoutMs },
    details: reading,
    search: reading,
    changed: { pool: "sweeps", timeoutMs: sweepTimeoutMs },
    compare: { pool: "sweeps", timeoutMs: compareTimeoutMs },
    "query-deposits": { pool: "sweeps", timeoutMs: closeTimeoutMs },
    erase: { pool: "sweeps", timeoutMs: readTimeoutMs },
    "money-month": slow,
    movements: slow,
    "replay-dead-letter": slow,
    "replay-cause": slow,
  };

  /** Parses the response by the call's schema. */
  async function read(name: InternalCall, body: object, response: Response): Promise<unknown> {
    const { ok, status } = response;
    if (!ok) {
      log.error({ ...named(body), call: name, status }, "payment refused a call of order");
      const text = `payment answered ${status}: ${(await response.text()).slice(0, 500)}`;
      throw status === 503 ? new Error(text) : new PaymentFault(text);
    }
    const result = v.safeParse(internalCalls[name].answer, await response.json());
    if (result.success) return result.output;
    const issues = v.summarize(result.issues);
    log.error({ ...named(body), call: name, issues }, "payment's response can't be read");
    throw new PaymentFault(`payment's answer to "${name}" can't be read`);
  }

  /** Holds a place of the pool until the response has been read; the time-out includes the wait for a place. */
  async function call(name: InternalCall, body: object): Promise<unknown> {
    const { pool, timeoutMs } = kinds[name] ?? { pool: "operators", timeoutMs: readTimeoutMs };
    const url = new URL(`/internal/payments/${name}`, options.url);
    const headers = new Headers({
      "Content-Type": "application/json",
      "X-Internal-Key": options.internalApiKey,
      [actingHeader]: sentActing(acting()),
    });
    const about = {
      name: `POST ${url.pathname}`,
      kind: "client",
      attributes: { "http.request.method": "POST", "url.full": url.href },
    } as const;
    const signal = AbortSignal.timeout(timeoutMs);
    const exchange = () =>
      inSpan(tracer, about, async (span) => {
        headers.set("traceparent", span.traceparent);
        const init = { method: "POST", body: JSON.stringify(body), headers, signal };
        const response = await send(new Request(url, init));
        span.set({ "http.response.status_code": response.status });
        return await read(name, body, response);
      });
    try {
      return await gate(pool, exchange, signal);
    } catch (cause) {
      const text =
        "The payment service can't be reached right now; nothing is lost, please try again";
      const details = { retryAfterSeconds: 3 };
      const error = new AppError("unavailable", "payment_unavailable", text, details);
      throw Object.assign(error, { cause });
    }
  }

  const calls = Object.keys(paymentCalls).map((name) => [
    name,
    call.bind(null, name as PaymentCall),
  ]);
  return { ...(Object.fromEntries(calls) as PaymentService), operate: call as Operate };
}

/** The order id and the paymentKey in a call's body, for the log. */
function named(body: object): object {
  const { orderId, facts, paymentKey } = body as Readonly<Record<string, unknown>>;
  return { orderId: orderId ?? (facts as { orderId?: string } | undefined)?.orderId, paymentKey };
}
