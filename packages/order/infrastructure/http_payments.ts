import * as v from "valibot";
import { isTemporary } from "@payflow/database";
import {
  internalCalls,
  type InternalAnswer,
  type InternalBody,
  type InternalCall,
  type Operate,
} from "@payflow/back-office";
import {
  actingHeader,
  AppError,
  paymentCalls,
  sentActing,
  type PaymentCall,
} from "@payflow/shared";
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

const passedOnHeaders = ["content-type", "tosspayments-webhook-transmission-id"];

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

  /** Holds a place of the pool until the response has been read; the time-out includes the wait for a place. */
  async function call<T>(
    request: Kind & { readonly path: string; readonly body: BodyInit; readonly headers: Headers },
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const { path, pool, timeoutMs, body, headers } = request;
    headers.set("X-Internal-Key", options.internalApiKey);
    headers.set(actingHeader, sentActing(acting()));
    const url = new URL(path, options.url);
    const about = {
      name: `POST ${path}`,
      kind: "client",
      attributes: { "http.request.method": "POST", "url.full": url.href },
    } as const;
    const exchange = () =>
      inSpan(tracer, about, async (span) => {
        headers.set("traceparent", span.traceparent);
        const response = await send(new Request(url, { method: "POST", body, headers, signal }));
        span.set({ "http.response.status_code": response.status });
        return await read(response);
      });
    const signal = AbortSignal.timeout(timeoutMs);
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

  /** Calls payment and parses the response by the call's schema. */
  const callPayment =
    <Name extends InternalCall>(name: Name) =>
    (body: InternalBody<Name>): Promise<InternalAnswer<Name>> => {
      const path = `/internal/payments/${name}`;
      const headers = new Headers({ "Content-Type": "application/json" });
      const kind = kinds[name] ?? { pool: "operators", timeoutMs: readTimeoutMs };
      return call({ ...kind, path, body: JSON.stringify(body), headers }, async (response) => {
        const { ok, status } = response;
        if (!ok) {
          log.error({ ...named(body), path, status }, "payment refused a call of order");
          const text = `payment answered ${status}: ${(await response.text()).slice(0, 500)}`;
          throw status === 503 ? new Error(text) : new PaymentFault(text);
        }
        const result = v.safeParse(internalCalls[name].answer, await response.json());
        if (result.success) return result.output as InternalAnswer<Name>;
        const issues = v.summarize(result.issues);
        log.error({ ...named(body), path, issues }, "payment's response can't be read");
        throw new PaymentFault(`payment's answer to ${path} can't be read`);
      });
    };

  const calls = Object.fromEntries(
    Object.keys(paymentCalls).map((name) => [name, callPayment(name as PaymentCall)]),
  ) as unknown as Omit<PaymentService, "forwardWebhook">;
  return {
    ...calls,
    operate: (name, body) => callPayment(name)(body),
    forwardWebhook({ body, headers: given }) {
      const headers = new Headers([...given].filter(([name]) => passedOnHeaders.includes(name)));
      const kind = { pool: "webhooks", timeoutMs: readTimeoutMs } as const;
      return call({ ...kind, path: "/webhooks/toss", body, headers }, async (response) => {
        // only the status matters; an unread body would hold the connection
        await response.body?.cancel();
        return response.status;
      });
    },
  };
}

/** The order id and the paymentKey in a call's body, for the log. */
function named(body: object): object {
  const { orderId, facts, paymentKey } = body as Readonly<Record<string, unknown>>;
  return { orderId: orderId ?? (facts as { orderId?: string } | undefined)?.orderId, paymentKey };
}
