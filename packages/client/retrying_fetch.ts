// Retries a request after network errors, time-outs and the statuses below.

/** The part of the standard fetch that the client uses. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** 429 means that the server did nothing. The others may come from a proxy after the server has done the work. */
const retried = [429, 502, 503, 504];
const firstWaitMs = 250;
const longestWaitMs = 10_000;
/** After a longer Retry-After the caller gets the response instead of a retry. */
const longestRetryAfterMs = 60_000;

export type RetryOptions = {
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  readonly retries: number;
  /** False: retried only after 429. */
  readonly isRepeatable: (request: Request) => boolean;
  /** For tests. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly random?: () => number;
};

/** Rejects with the last try's error, or at once with the reason of the caller's abort. */
export function retryingFetch(options: RetryOptions): (request: Request) => Promise<Response> {
  const { retries, isRepeatable, wait = pause, random = Math.random } = options;
  return async (request) => {
    const { signal } = request;
    const body = request.body === null ? undefined : await request.arrayBuffer();
    for (let tried = 0; ; tried++) {
      const [result] = await Promise.allSettled([send(request, body, options)]);
      signal.throwIfAborted();
      const isLast = tried >= retries || !mayRetry(result, isRepeatable(request));
      const waitMs = isLast ? undefined : waitOf(result, tried, random());
      if (waitMs === undefined) {
        if (result.status === "rejected") throw result.reason;
        return result.value;
      }
      // an unread body would hold its connection
      if (result.status === "fulfilled") void result.value.body?.cancel().catch(() => {});
      await wait(waitMs, signal);
    }
  };
}

async function send(
  request: Request,
  body: ArrayBuffer | undefined,
  options: Pick<RetryOptions, "fetch" | "timeoutMs">,
): Promise<Response> {
  const { method, headers, redirect } = request;
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(options.timeoutMs)]);
  const init: RequestInit = { method, headers, redirect, signal };
  const response = await options.fetch(request.url, body === undefined ? init : { ...init, body });
  // reads JSON here, so that a response that breaks off is retried; exports may be larger than memory
  const isJson = /\bjson\b/.test(response.headers.get("Content-Type") ?? "");
  return isJson ? new Response(await response.arrayBuffer(), response) : response;
}

function mayRetry(result: PromiseSettledResult<Response>, isRepeatable: boolean): boolean {
  if (result.status === "rejected") return isRepeatable;
  const { status } = result.value;
  return status === 429 || (isRepeatable && retried.includes(status));
}

/** Retry-After, or exponential back-off with jitter. Undefined: Retry-After is too long to wait. */
function waitOf(result: PromiseSettledResult<Response>, tried: number, random: number) {
  const given = result.status === "fulfilled" && result.value.headers.get("Retry-After");
  if (given) {
    const ms = /^\d+$/.test(given) ? Number(given) * 1000 : Date.parse(given) - Date.now();
    if (Number.isFinite(ms)) return ms > longestRetryAfterMs ? undefined : Math.max(0, ms);
  }
  return Math.min(longestWaitMs, firstWaitMs * 2 ** tried) * (0.5 + random / 2);
}

/** Rejects with the signal's reason when the signal aborts. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
