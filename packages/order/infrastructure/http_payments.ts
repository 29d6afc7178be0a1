import { AppError, type HistoryEntry, type PaymentView } from "@payflow/shared";
import {
  fetchDirectly,
  traceparent,
  type Logger,
} from "@payflow/shared/runtime";
import type { PaymentAnswer, PaymentService } from "../application/ports.ts";

const questionTimeoutMs = 5_000;
const sweepTimeoutMs = 15_000;
/** Some calls ask Toss first, closing even twice. */
const closeTimeoutMs = 40_000;
const passedOnHeaders = [
  "content-type",
  "tosspayments-webhook-transmission-id",
];

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

  async function call(
    path: string,
    init: { body: BodyInit; headers: Headers; timeoutMs: number },
  ): Promise<Response> {
    init.headers.set("X-Internal-Key", config.internalApiKey);
    const trace = traceparent();
    if (trace !== undefined) init.headers.set("traceparent", trace);
    const { body, headers, timeoutMs } = init;
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      return await send(
        new Request(new URL(path, config.url), {
          method: "POST",
          body,
          headers,
          signal,
        }),
      );
    } catch (error) {
      throw unavailable(error);
    }
  }

  async function ask<T>(
    path: string,
    body: unknown,
    timeoutMs: number,
  ): Promise<T> {
    const headers = new Headers({ "Content-Type": "application/json" });
    const response = await call(path, {
      body: JSON.stringify(body),
      headers,
      timeoutMs,
    });
    let refusal: string;
    try {
      if (response.ok) return (await response.json()) as T;
      refusal = (await response.text()).slice(0, 500);
    } catch (error) {
      throw unavailable(error);
    }
    const { status } = response;
    log.error({ path, status }, "payment refused a call of order");
    throw unavailable(new Error(`payment answered ${status}: ${refusal}`));
  }

  return {
    confirm: (request) =>
      ask<PaymentAnswer>(
        "/internal/payments/confirm",
        request,
        config.confirmWaitMs + 5_000,
      ),
    close: (request) =>
      ask<PaymentAnswer>("/internal/payments/close", request, closeTimeoutMs),
    refund: (request) =>
      ask<PaymentAnswer & { isOpen: boolean }>(
        "/internal/payments/refund",
        request,
        config.confirmWaitMs + 5_000,
      ),
    provideRefundAccount: (request) =>
      ask<PaymentAnswer>(
        "/internal/payments/refund-account",
        request,
        closeTimeoutMs,
      ),
    async compare(facts) {
      type Compared = { payments: PaymentView[] };
      const body = { facts };
      return (
        await ask<Compared>("/internal/payments/compare", body, sweepTimeoutMs)
      ).payments;
    },
    async listChanged(page) {
      type Listed = { payments: (PaymentView & { changedAt: string })[] };
      return (
        await ask<Listed>("/internal/payments/changed", page, sweepTimeoutMs)
      ).payments;
    },
    async ask(orderIds) {
      await ask("/internal/payments/ask", { orderIds }, closeTimeoutMs);
    },
    async listHistory(orderId) {
      type Listed = { history: HistoryEntry[] };
      return (
        await ask<Listed>(
          "/internal/payments/history",
          { orderId },
          questionTimeoutMs,
        )
      ).history;
    },
    async find(orderIds) {
      type Found = { payments: PaymentView[] };
      return (
        await ask<Found>(
          "/internal/payments/find",
          { orderIds },
          questionTimeoutMs,
        )
      ).payments;
    },
    async forwardWebhook(request) {
      const headers = new Headers();
      for (const name of passedOnHeaders) {
        const value = request.headers.get(name);
        if (value !== null) headers.set(name, value);
      }
      const body = await request.arrayBuffer();
      return await call("/webhooks/toss", {
        body,
        headers,
        timeoutMs: questionTimeoutMs,
      });
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
