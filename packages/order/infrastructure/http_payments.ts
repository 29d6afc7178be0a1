import { AppError, type HistoryEntry, type PaymentView } from "@payflow/shared";
import { traceparent } from "@payflow/outbox";
import { fetchDirectly, type Logger } from "@payflow/shared/http";
import type { Compared, PaymentAnswer, PaymentService } from "../application/ports.ts";
import { createCallPool } from "./call_pool.ts";

const questionTimeoutMs = 5_000;
const sweepTimeoutMs = 15_000;
/** What payment rebuilds it asks Toss about, whose list may take a minute. */
const compareTimeoutMs = 90_000;
/** Some calls ask Toss first, closing even twice. */
const closeTimeoutMs = 40_000;
/**
 * Places by kind of call, so that none can take another's. Together they stay below the 256 requests that Bun has
 * under way at the most (BUN_CONFIG_MAX_HTTP_REQUESTS). Calls that end soon may wait for a place; those that may wait
 * for Toss are refused at once, and their callers come back.
 */
const poolSizes = {
  webhooks: { places: 40, waitingMax: 1_000 },
  confirms: { places: 96, waitingMax: 0 },
  refunds: { places: 24, waitingMax: 0 },
  closes: { places: 24, waitingMax: 0 },
  reads: { places: 40, waitingMax: 500 },
  sweeps: { places: 8, waitingMax: 20 },
} as const;
type Pool = keyof typeof poolSizes;

const passedOnHeaders = ["content-type", "tosspayments-webhook-transmission-id"];

/** The payment service over HTTP. */
export function httpPayments(
  config: {
    readonly url: string;
    readonly internalApiKey: string;
    readonly confirmWaitMs: number;
    readonly fetch?: (request: Request) => Promise<Response>;
  },
  log: Logger,
): PaymentService {
  const send = config.fetch ?? fetchDirectly;

  const pools = Object.fromEntries(
    Object.entries(poolSizes).map(([name, sizes]) => [name, createCallPool({ name, ...sizes })]),
  ) as Record<Pool, ReturnType<typeof createCallPool>>;

  /** Holds a place of the pool until the response has been read; the time limit counts from here. */
  async function call<T>(
    path: string,
    init: {
      readonly pool: Pool;
      readonly body: BodyInit;
      readonly headers: Headers;
      readonly timeoutMs: number;
    },
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const { pool, body, headers, timeoutMs } = init;
    headers.set("X-Internal-Key", config.internalApiKey);
    const trace = traceparent();
    if (trace !== undefined) headers.set("traceparent", trace);
    const signal = AbortSignal.timeout(timeoutMs);
    const url = new URL(path, config.url);
    try {
      return await pools[pool].run(async () => {
        const request = { method: "POST", body, headers, signal };
        return await read(await send(new Request(url, request)));
      }, signal);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async function ask<T>(pool: Pool, path: string, body: unknown, timeoutMs: number): Promise<T> {
    const headers = new Headers({ "Content-Type": "application/json" });
    return await call(
      path,
      { pool, body: JSON.stringify(body), headers, timeoutMs },
      async (response) => {
        if (response.ok) return (await response.json()) as T;
        const refusal = (await response.text()).slice(0, 500);
        const { status } = response;
        log.error({ path, status }, "payment refused a call of order");
        throw new Error(`payment answered ${status}: ${refusal}`);
      },
    );
  }

  return {
    confirm: (request) =>
      ask<PaymentAnswer>(
        "confirms",
        "/internal/payments/confirm",
        request,
        config.confirmWaitMs + 5_000,
      ),
    close: (request) =>
      ask<PaymentAnswer>("closes", "/internal/payments/close", request, closeTimeoutMs),
    refund: (request) =>
      ask<PaymentAnswer & { isOpen: boolean }>(
        "refunds",
        "/internal/payments/refund",
        request,
        config.confirmWaitMs + 5_000,
      ),
    async erase(request) {
      await ask("sweeps", "/internal/payments/erase", request, questionTimeoutMs);
    },
    provideRefundAccount: (request) =>
      ask<PaymentAnswer>("closes", "/internal/payments/refund-account", request, closeTimeoutMs),
    async compare(request) {
      return await ask<Compared>("sweeps", "/internal/payments/compare", request, compareTimeoutMs);
    },
    async listChanged(page) {
      type Listed = { payments: (PaymentView & { changedAt: string })[] };
      return (await ask<Listed>("sweeps", "/internal/payments/changed", page, sweepTimeoutMs))
        .payments;
    },
    async ask(orderIds) {
      await ask("sweeps", "/internal/payments/ask", { orderIds }, closeTimeoutMs);
    },
    async listHistory(orderId) {
      type Listed = { history: HistoryEntry[] };
      return (
        await ask<Listed>("reads", "/internal/payments/history", { orderId }, questionTimeoutMs)
      ).history;
    },
    async find(orderIds) {
      type Found = { payments: PaymentView[] };
      return (await ask<Found>("reads", "/internal/payments/find", { orderIds }, questionTimeoutMs))
        .payments;
    },
    async forwardWebhook(request) {
      const headers = new Headers();
      for (const name of passedOnHeaders) {
        const value = request.headers.get(name);
        if (value !== null) headers.set(name, value);
      }
      const body = await request.arrayBuffer();
      const timeoutMs = questionTimeoutMs;
      return await call(
        "/webhooks/toss",
        { pool: "webhooks", body, headers, timeoutMs },
        // its status says all; its body must not keep the place
        async (response) => {
          await response.body?.cancel();
          return new Response(null, { status: response.status });
        },
      );
    },
  };
}

function unavailable(cause: unknown): AppError {
  const error = new AppError(
    "unavailable",
    "payment_unavailable",
    "The payment service can't be reached right now; nothing is lost, please try again",
    { retryAfterSeconds: 3 },
  );
  error.cause = cause;
  return error;
}
