import * as v from "valibot";
import {
  AppError,
  ChangedPayments,
  Compared,
  FoundPayments,
  PaymentAnswer,
  PaymentHistory,
  RefundAnswer,
} from "@payflow/shared";
import { traceparent } from "@payflow/outbox";
import { fetchDirectly, type Logger } from "@payflow/shared/http";
import type { PaymentService } from "../application/ports.ts";
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

  /** Calls payment, whose answer must be what the schema says. */
  async function ask<S extends v.GenericSchema>(
    name: string,
    body: unknown,
    { pool, timeoutMs, answer }: { pool: Pool; timeoutMs: number; answer: S },
  ): Promise<v.InferOutput<S>> {
    const path = `/internal/payments/${name}`;
    const headers = new Headers({ "Content-Type": "application/json" });
    return await call(
      path,
      { pool, body: JSON.stringify(body), headers, timeoutMs },
      async (response) => {
        const { status } = response;
        if (!response.ok) {
          const refusal = (await response.text()).slice(0, 500);
          log.error({ path, status }, "payment refused a call of order");
          throw new Error(`payment answered ${status}: ${refusal}`);
        }
        const result = v.safeParse(answer, await response.json());
        if (result.success) return result.output;
        log.error({ path, issues: v.summarize(result.issues) }, "payment's answer can't be read");
        throw new Error(`payment's answer to ${path} can't be read`);
      },
    );
  }

  const waitMs = config.confirmWaitMs + 5_000;
  const closing = { pool: "closes", timeoutMs: closeTimeoutMs } as const;
  const reading = { pool: "reads", timeoutMs: questionTimeoutMs } as const;
  const sweeping = { pool: "sweeps", timeoutMs: sweepTimeoutMs } as const;
  return {
    confirm: (request) =>
      ask("confirm", request, { pool: "confirms", timeoutMs: waitMs, answer: PaymentAnswer }),
    refund: (request) =>
      ask("refund", request, { pool: "refunds", timeoutMs: waitMs, answer: RefundAnswer }),
    close: (request) => ask("close", request, { ...closing, answer: PaymentAnswer }),
    provideRefundAccount: (request) =>
      ask("refund-account", request, { ...closing, answer: PaymentAnswer }),
    compare: (request) =>
      ask("compare", request, { ...sweeping, timeoutMs: compareTimeoutMs, answer: Compared }),
    async listChanged(page) {
      return (await ask("changed", page, { ...sweeping, answer: ChangedPayments })).payments;
    },
    async erase(request) {
      await ask("erase", request, {
        ...sweeping,
        timeoutMs: questionTimeoutMs,
        answer: v.object({}),
      });
    },
    async ask(orderIds) {
      await ask(
        "ask",
        { orderIds },
        { ...sweeping, timeoutMs: closeTimeoutMs, answer: v.object({}) },
      );
    },
    async listHistory(orderId) {
      return (await ask("history", { orderId }, { ...reading, answer: PaymentHistory })).history;
    },
    async find(orderIds) {
      return (await ask("find", { orderIds }, { ...reading, answer: FoundPayments })).payments;
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
