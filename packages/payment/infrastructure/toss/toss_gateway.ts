import { isPaymentKey } from "@payflow/shared";
import { fetchFromToss, type Logger } from "@payflow/shared/http";
import type { PaymentGateway } from "../../application/ports.ts";
import type { Answer, Finding, Transaction } from "../../domain/charge.ts";
import { classifyTossError } from "./toss_error.ts";
import { createTossGate } from "./toss_rate.ts";
import { tossUrl } from "./toss_url.ts";
import {
  koreanTime,
  markedReason,
  parseTossError,
  parseTossPayment,
  parseTransactions,
} from "./toss_schema.ts";

export type TossConfig = {
  /** Origin of Toss's API, or of the sandbox. */
  readonly apiUrl: string;
  readonly secretKey: string;
  readonly timeoutMs: number;
  /** Calls a second at the most, over all operations. */
  readonly perSecond: number;
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Told of every call: false for no response, and for one that refuses our key, whatever is asked for. */
  readonly onHeard?: (isAnswer: boolean) => void;
};

/** A status query needs no minute: it moves nothing, and is made again. */
const queryTimeoutMs = 15_000;
/** Together below the 256 requests that Bun has under way at the most (BUN_CONFIG_MAX_HTTP_REQUESTS). */
const gateLimits = { atOnce: { confirm: 110, cancel: 50, query: 60 }, waitMs: 15_000 };
/** Money is worth a wait; a body that grows beyond this is no payment. */
const bodyLimitBytes = 1024 * 1024;

/** Toss gives 5,000 a page; with rows of some 500 bytes a fifth of that stays well below the limit of a body. */
const transactionsPageMax = 1_000;

/** Of a 404 of another kind, as for a path or a merchant that Toss does not know, nothing follows for the payment. */
const missingCodes = ["NOT_FOUND_PAYMENT", "NOT_FOUND"];
/** Toss looks for no payment under such a key. */
const impossibleKeyCode = "INVALID_PAYMENT_KEY";

type Reply = {
  readonly status: number;
  readonly body: unknown;
  readonly traceId: string | null;
};

/** Toss's REST API (https://docs.tosspayments.com/reference), as the port promises. */
export function tossGateway(config: TossConfig, log: Logger): PaymentGateway {
  const authorization = `Basic ${btoa(`${config.secretKey}:`)}`;
  const send = config.fetch ?? fetchFromToss;
  const heard = config.onHeard ?? (() => {});
  const gate = createTossGate({ perSecond: config.perSecond, ...gateLimits });

  async function answered(request: Request) {
    try {
      const response = await send(request);
      const text = await response.text();
      heard(response.status !== 401);
      return { response, text };
    } catch (error) {
      heard(false);
      throw error;
    }
  }

  async function call(
    url: URL,
    options: {
      readonly post?: {
        readonly operation: "confirm" | "cancel";
        readonly body: unknown;
        readonly idempotencyKey: string;
      };
      readonly timeoutMs: number;
    },
  ): Promise<Reply> {
    const { post } = options;
    const headers = new Headers({ Authorization: authorization });
    if (post) {
      headers.set("Content-Type", "application/json");
      headers.set("Idempotency-Key", post.idempotencyKey);
    }
    return await gate(async () => {
      const request = new Request(url, {
        method: post ? "POST" : "GET",
        headers,
        signal: AbortSignal.timeout(options.timeoutMs),
        redirect: "error",
        ...(post ? { body: JSON.stringify(post.body) } : {}),
      });
      const { response, text } = await answered(request);
      if (text.length > bodyLimitBytes)
        throw new Error(`Toss answered with ${text.length} characters`);
      const traceId = response.headers.get("x-tosspayments-trace-id");
      return { status: response.status, body: parsedOrUndefined(text), traceId };
    }, post?.operation ?? "query");
  }

  async function move(
    operation: "confirm" | "cancel",
    url: URL,
    post: { readonly body: unknown; readonly idempotencyKey: string },
  ): Promise<Answer> {
    let reply: Reply;
    try {
      reply = await call(url, { post: { operation, ...post }, timeoutMs: config.timeoutMs });
    } catch (error) {
      log.warn({ operation, err: error }, "no response of Toss");
      return { kind: "unknown", answered: false, code: "NO_ANSWER", message: String(error) };
    }
    const { status, body, traceId } = reply;
    const payment = status === 200 ? parseTossPayment(body) : undefined;
    if (payment) return { kind: "payment", payment };
    const refusal = parseTossError(body);
    if (status < 400 || refusal === undefined) {
      log.error({ operation, status, traceId }, "Toss's response could not be read");
      return { kind: "unknown", answered: true, ...unreadable(status) };
    }
    const { code } = refusal;
    const meaning = classifyTossError(operation, status, code);
    // anyone may cause a refused confirm; whether our configuration did, a query tells
    const isAlarm = meaning === "misconfigured" && operation === "cancel";
    log[isAlarm ? "error" : "info"]({ operation, status, code, traceId, meaning }, "Toss refused");
    if (meaning !== "unknown") return { kind: meaning, ...refusal };
    return { kind: "unknown", answered: code !== "IDEMPOTENT_REQUEST_PROCESSING", ...refusal };
  }

  const urlOf = (...segments: readonly string[]) =>
    tossUrl(config.apiUrl, ["v1", "payments", ...segments]);

  async function query(url: URL): Promise<Finding> {
    try {
      const timeoutMs = Math.min(config.timeoutMs, queryTimeoutMs);
      const { status, body, traceId } = await call(url, { timeoutMs });
      const payment = status === 200 ? parseTossPayment(body) : undefined;
      if (payment) return { kind: "payment", payment };
      const refusal = parseTossError(body) ?? unreadable(status);
      const { code } = refusal;
      const isMissing = status === 404 && missingCodes.includes(code);
      const isImpossible = status === 400 && code === impossibleKeyCode;
      if (isMissing || isImpossible) return { kind: "missing" };
      log.warn({ status, code, traceId }, "Toss did not answer a status query");
      return { kind: "unknown", ...refusal };
    } catch (error) {
      log.warn({ err: error }, "no response of Toss to a status query");
      return { kind: "unknown", code: "NO_ANSWER", message: String(error) };
    }
  }

  return {
    async confirm({ paymentKey, orderId, amount, idempotencyKey }) {
      if (!isPaymentKey(paymentKey)) return impossibleKey;
      const body = { paymentKey, orderId, amount };
      return await move("confirm", urlOf("confirm"), { body, idempotencyKey });
    },
    async cancel({ paymentKey, reason, mark, idempotencyKey, amount, refundableAmount, account }) {
      if (!isPaymentKey(paymentKey)) return impossibleKey;
      const body = {
        cancelReason: markedReason(reason, mark),
        ...(amount === undefined ? {} : { cancelAmount: amount }),
        ...(refundableAmount === undefined ? {} : { refundableAmount }),
        ...(account ? { refundReceiveAccount: account } : {}),
      };
      return await move("cancel", urlOf(paymentKey, "cancel"), { body, idempotencyKey });
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
        const reply = await call(url, { timeoutMs: config.timeoutMs });
        const page = parseTransactions(reply.body);
        if (reply.status !== 200 || page === undefined) {
          throw new Error(`Toss did not list its transactions: HTTP ${reply.status}`);
        }
        found.push(...page);
        const last = page.at(-1);
        if (last === undefined || page.length < transactionsPageMax) return found;
        startingAfter = last.transactionKey;
      }
    },
    async find(paymentKey) {
      if (!isPaymentKey(paymentKey)) return { kind: "missing" };
      return await query(urlOf(paymentKey));
    },
    findByOrder: (orderId) => query(urlOf("orders", orderId)),
  };
}

/** The response to a key that can't be one of Toss's; it is not called, for its address would be another. */
const impossibleKey: Answer = {
  kind: "refused",
  code: impossibleKeyCode,
  message: "잘못된 결제 키 입니다.",
};

function unreadable(status: number) {
  return { code: "UNREADABLE_ANSWER", message: `HTTP ${status}` };
}

function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text, (_, value: unknown) =>
      typeof value === "string" ? storable(value) : value,
    );
  } catch {
    return undefined;
  }
}

/** Far beyond any text of Toss that is kept; an event has to fit into Kafka. */
const textMax = 2_000;

/** What jsonb can't hold would keep the whole response from being recorded, for ever. */
function storable(text: string): string {
  return text.slice(0, textMax).toWellFormed().replaceAll("\0", "\ufffd");
}
