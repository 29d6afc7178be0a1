import type { Transaction } from "@payflow/ledger/movements";
import { inSpan, noTracer, type Span, type Tracer } from "@payflow/outbox";
import { isPaymentKey, wellFormed } from "@payflow/shared";
import { createCallGate, fetchFromToss, type Logger, type Metrics } from "@payflow/shared/http";
import type { PaymentGateway } from "../../application/ports.ts";
import { queryLimitMs } from "../../application/settle_due_payments.ts";
import type { Answer, Finding } from "../../domain/charge.ts";
import { classifyTossError } from "./toss_error.ts";
import type { TossOutcome } from "./toss_health.ts";
import {
  koreanTime,
  markedReason,
  parseTossError,
  parseTossPayment,
  parseTransactions,
} from "./toss_schema.ts";

type TossConfig = {
  /** Origin of Toss's API, or of the sandbox. */
  readonly apiUrl: string;
  readonly secretKey: string;
  readonly timeoutMs: number;
  /** The maximum number of calls per second, over all operations. */
  readonly perSecond: number;
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined;
  /** Gets each call after its end; `isAnswer` is false without a response, or for one that rejects our key. */
  readonly onCall?: (
    call: Pick<Call, "operation"> & { readonly outcome: TossOutcome; readonly isAnswer: boolean },
    seconds: number,
  ) => void;
  readonly onPool?: Metrics["pool"];
  readonly tracer?: Tracer;
  readonly log: Logger;
};

/** A call that waits longer for its turn is not made: Toss is down or far too slow, as when 2,000 calls wait. */
const waitMs = 15_000;
const waitingMax = 2_000;
/**
 * By priority: calls that take money, calls that return it, calls that move none. The places together stay below Bun's
 * limit of 256 concurrent requests (BUN_CONFIG_MAX_HTTP_REQUESTS).
 */
const poolSizes = {
  confirm: { places: 110, waitingMax },
  cancel: { places: 50, waitingMax },
  query: { places: 60, waitingMax },
};
/** A longer response cannot be a payment. */
const bodyLimitBytes = 1024 * 1024;

/** Toss allows 5,000 a page. A fifth of that, with rows of some 500 bytes, stays well below the body limit. */
const transactionsPageMax = 1_000;

/** Any other 404, as for an unknown path or merchant, shows nothing about the payment. */
const missingCodes = ["NOT_FOUND_PAYMENT", "NOT_FOUND"];
/** Toss's code for a malformed paymentKey, which no payment can have. */
const impossibleKeyCode = "INVALID_PAYMENT_KEY";
/** Our own code for a response that is neither a payment nor an error of Toss. */
const unreadable = "UNREADABLE_ANSWER";

type Call = {
  readonly operation: "confirm" | "cancel" | "query" | "list";
  /** For the log. */
  readonly about: { readonly orderId?: string | undefined; readonly paymentKey?: string };
  readonly post?: { readonly body: unknown; readonly idempotencyKey: string };
};

/** Implements the port by Toss's REST API (https://docs.tosspayments.com/reference). */
export function tossGateway(config: TossConfig): PaymentGateway {
  const authorization = `Basic ${btoa(`${config.secretKey}:`)}`;
  const { timeoutMs, log, tracer = noTracer, fetch: send = fetchFromToss, onCall } = config;
  const gate = createCallGate(poolSizes, config.perSecond);
  for (const [kind, read] of gate.pools) config.onPool?.(`toss_${kind}`, read);
  const urlOf = (...segments: readonly string[]) =>
    tossUrl(config.apiUrl, ["v1", "payments", ...segments]);

  function callToss(url: URL, { operation, about, post }: Call) {
    const headers = new Headers({ Authorization: authorization });
    if (post) {
      headers.set("Content-Type", "application/json");
      headers.set("Idempotency-Key", post.idempotencyKey);
    }
    const method = post ? "POST" : "GET";
    const withinMs = operation === "query" ? Math.min(timeoutMs, queryLimitMs) : timeoutMs;
    const span = {
      name: `toss ${operation}`,
      kind: "client",
      attributes: {
        "http.request.method": method,
        "server.address": url.host,
        "url.path": url.pathname,
        ...(about.orderId === undefined ? {} : { "payflow.order_id": about.orderId }),
        ...(about.paymentKey === undefined ? {} : { "payflow.payment_key": about.paymentKey }),
      },
    } as const;
    const exchange = async ({ set }: Span) => {
      let isAnswer = false;
      let outcome: TossOutcome = "no_response";
      const sentAtMs = performance.now();
      try {
        const signal = AbortSignal.timeout(withinMs);
        const body = post ? { body: JSON.stringify(post.body) } : {};
        const request = new Request(url, { method, headers, signal, redirect: "error", ...body });
        const response = await send(request);
        const text = await response.text();
        isAnswer = response.status !== 401;
        outcome = response.status < 400 ? "ok" : response.status < 500 ? "refused" : "failed";
        const tossTraceId = response.headers.get("x-tosspayments-trace-id");
        set({
          "http.response.status_code": response.status,
          "payflow.toss_trace_id": tossTraceId ?? "",
        });
        if (text.length > bodyLimitBytes)
          throw new Error(`Toss answered with ${text.length} characters`);
        return { status: response.status, body: parsedOrUndefined(text), tossTraceId };
      } finally {
        onCall?.({ operation, outcome, isAnswer }, (performance.now() - sentAtMs) / 1_000);
      }
    };
    const run = () => inSpan(tracer, span, exchange);
    const kind = operation === "list" ? "query" : operation;
    return gate(kind, run, AbortSignal.timeout(waitMs));
  }

  /** The payment in Toss's response; otherwise the response's status and code, with status 0 for no response. */
  async function request(url: URL, call: Call) {
    try {
      const { status, body, tossTraceId } = await callToss(url, call);
      const payment = status === 200 ? parseTossPayment(body) : undefined;
      if (payment) return { kind: "payment", payment } as const;
      const refusal = status < 400 ? undefined : parseTossError(body);
      const { code, message } = refusal ?? { code: unreadable, message: `HTTP ${status}` };
      return { kind: "none", status, code, message, tossTraceId } as const;
    } catch (err) {
      const { about, operation } = call;
      log.warn({ ...about, operation, err }, "no response from Toss");
      return { kind: "none", status: 0, code: "NO_ANSWER", message: String(err) } as const;
    }
  }

  async function move(
    url: URL,
    call: Call & { readonly operation: "confirm" | "cancel" },
  ): Promise<Answer> {
    const { operation, about } = call;
    const reply = await request(url, call);
    if (reply.kind === "payment") return reply;
    const { status, code, message, tossTraceId } = reply;
    if (status === 0) return { kind: "unknown", answered: false, code, message };
    const meaning = classifyTossError(operation, status, code);
    // any client can cause a refused confirm; only a query shows whether our configuration did
    const isAlarm = meaning === "misconfigured" && operation === "cancel";
    const seen = { ...about, operation, status, code, tossTraceId, meaning };
    if (code === unreadable) log.error(seen, "Toss's response could not be read");
    else log[isAlarm ? "error" : "info"](seen, "Toss refused");
    if (meaning !== "unknown") return { kind: meaning, code, message };
    return { kind: meaning, answered: code !== "IDEMPOTENT_REQUEST_PROCESSING", code, message };
  }

  async function query(url: URL, about: Call["about"]): Promise<Finding> {
    const reply = await request(url, { operation: "query", about });
    if (reply.kind === "payment") return reply;
    const { status, code, message, tossTraceId } = reply;
    const isMissing = status === 404 && missingCodes.includes(code);
    const isImpossible = status === 400 && code === impossibleKeyCode;
    if (isMissing || isImpossible) return { kind: "missing" };
    if (status !== 0)
      log.warn({ ...about, status, code, tossTraceId }, "Toss did not respond to a status query");
    return { kind: "unknown", code, message };
  }

  return {
    async confirm({ paymentKey, orderId, amount, idempotencyKey }) {
      if (!isPaymentKey(paymentKey)) return impossibleKey;
      const post = { body: { paymentKey, orderId, amount }, idempotencyKey };
      const about = { orderId, paymentKey };
      return await move(urlOf("confirm"), { operation: "confirm", post, about });
    },
    async cancel(request) {
      const { orderId, paymentKey, reason, mark, account } = request;
      if (!isPaymentKey(paymentKey)) return impossibleKey;
      // undefined members are omitted from JSON
      const body = {
        cancelReason: markedReason(reason, mark),
        cancelAmount: request.amount,
        // 0 is Toss's default
        taxFreeAmount: request.taxFreeAmount || undefined,
        refundableAmount: request.refundableAmount,
        refundReceiveAccount: account ?? undefined,
      };
      const post = { body, idempotencyKey: request.idempotencyKey };
      const about = { orderId, paymentKey };
      return await move(urlOf(paymentKey, "cancel"), { operation: "cancel", post, about });
    },
    async listTransactions({ from, to }) {
      const found: Transaction[] = [];
      for (let startingAfter = ""; ;) {
        const query = new URLSearchParams({
          startDate: koreanTime(from),
          endDate: koreanTime(to),
          limit: String(transactionsPageMax),
          ...(startingAfter === "" ? {} : { startingAfter }),
        });
        const url = tossUrl(config.apiUrl, ["v1", "transactions"], query);
        const { status, body } = await callToss(url, { operation: "list", about: {} });
        const page = parseTransactions(body);
        if (status !== 200 || page === undefined)
          throw new Error(`Toss did not list its transactions: HTTP ${status}`);
        found.push(...page);
        const last = page.at(-1);
        if (last === undefined || page.length < transactionsPageMax) return found;
        startingAfter = last.transactionKey;
      }
    },
    find: async (paymentKey, orderId) =>
      isPaymentKey(paymentKey)
        ? await query(urlOf(paymentKey), { orderId, paymentKey })
        : { kind: "missing" },
    findByOrder: (orderId) => query(urlOf("orders", orderId), { orderId }),
  };
}

/** The response to a malformed key. Toss is not called, because the URL would name another path. */
const impossibleKey: Answer = {
  kind: "refused",
  code: impossibleKeyCode,
  message: "잘못된 결제 키 입니다.",
};

/** Without characters that jsonb cannot store; with them, the response could never be recorded. */
function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) =>
      typeof value === "string" ? wellFormed(value, textMax) : value,
    );
  } catch {
    return undefined;
  }
}

/** Far longer than any text of Toss that is stored; an event must fit into Kafka. */
const textMax = 2_000;

/**
 * The URL of a call to Toss. Every segment is encoded, so that it cannot name another path. Throws RangeError for a
 * segment that encoding does not protect: an empty one, "." and "..", which a URL parser resolves.
 */
export function tossUrl(apiUrl: string, segments: readonly string[], query?: URLSearchParams): URL {
  for (const segment of segments) {
    if (["", ".", ".."].includes(segment))
      throw new RangeError(`"${segment}" cannot be a segment of a path`);
  }
  const url = new URL(`/${segments.map(encodeURIComponent).join("/")}`, apiUrl);
  url.search = query?.toString() ?? "";
  return url;
}
