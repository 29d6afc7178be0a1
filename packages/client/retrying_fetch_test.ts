import { describe, expect, test } from "bun:test";
import { retryingFetch } from "./retrying_fetch.ts";

type Answer = Response | Error;
const answered = (status: number, headers: Record<string, string> = {}) =>
  Response.json({}, { status, headers });

/** A fetch that gives these answers in order and records requests and waits. */
function given(answers: readonly Answer[], isRepeatable = true) {
  const left = [...answers];
  const sent: { url: string; body: string; key: string | null }[] = [];
  const waits: number[] = [];
  const send = retryingFetch({
    async fetch(url, { body, headers }) {
      const key = new Headers(headers).get("Idempotency-Key");
      sent.push({ url, body: await new Response(body as ArrayBuffer).text(), key });
      const answer = left.shift();
      if (answer instanceof Error || answer === undefined) throw answer ?? new Error("no answer");
      return answer;
    },
    timeoutMs: 60_000,
    retries: 3,
    isRepeatable: () => isRepeatable,
    wait: async (ms) => void waits.push(ms),
    random: () => 1,
  });
  const headers = { "Idempotency-Key": "cart-1" };
  const request = () => new Request("http://shop/x", { method: "POST", body: "one", headers });
  return { send: () => send(request()), request, sent, waits, retrying: send };
}

describe("retryingFetch()", () => {
  test("resends the same request after a network error, and doubles the back-off", async () => {
    const lost = new TypeError("connection reset");
    const { send, sent, waits } = given([lost, lost, answered(201)]);
    expect((await send()).status).toBe(201);
    const same = { url: "http://shop/x", body: "one", key: "cart-1" };
    expect(sent).toEqual([same, same, same]);
    expect(waits).toEqual([250, 500]);
  });

  test("rejects with the last error when every try fails", async () => {
    const errors = [1, 2, 3, 4, 5].map((n) => new Error(`lost ${n}`));
    const { send, sent } = given(errors);
    await expect(send()).rejects.toThrow("lost 4");
    expect(sent).toHaveLength(4);
  });

  test.each([429, 502, 503, 504])("retries after %i", async (status) => {
    const { send, sent } = given([answered(status), answered(200)]);
    expect((await send()).status).toBe(200);
    expect(sent).toHaveLength(2);
  });

  test.each([200, 202, 400, 401, 409, 422, 500])("returns %i without a retry", async (status) => {
    const { send, sent } = given([answered(status)]);
    expect((await send()).status).toBe(status);
    expect(sent).toHaveLength(1);
  });

  test("waits as long as Retry-After says, in seconds or as a date", async () => {
    const past = { "Retry-After": new Date(0).toUTCString() };
    const answers = [answered(503, { "Retry-After": "7" }), answered(429, past), answered(200)];
    const { send, waits } = given(answers);
    await send();
    expect(waits).toEqual([7_000, 0]);
  });

  test.each([
    ["in seconds", "61"],
    ["as a date", new Date(Date.now() + 86_400_000).toUTCString()],
  ])("returns the response when Retry-After is longer than a minute, %s", async (_, retryAfter) => {
    const { send, waits } = given([answered(429, { "Retry-After": retryAfter }), answered(200)]);
    expect((await send()).status).toBe(429);
    expect(waits).toEqual([]);
  });

  test("retries a request that is not repeatable only after 429", async () => {
    const lost = given([new Error("lost"), answered(201)], false);
    await expect(lost.send()).rejects.toThrow("lost");
    const unavailable = given([answered(503), answered(201)], false);
    expect((await unavailable.send()).status).toBe(503);
    const limited = given([answered(429), answered(201)], false);
    expect((await limited.send()).status).toBe(201);
  });

  test("retries after a response that breaks off", async () => {
    const broken = new ReadableStream({
      pull(controller) {
        controller.error(new Error("reset"));
      },
    });
    const half = new Response(broken, { headers: { "Content-Type": "application/json" } });
    const { send, sent } = given([half, answered(200)]);
    expect((await send()).status).toBe(200);
    expect(sent).toHaveLength(2);
  });

  test("cancels the unread body of a response before the retry", async () => {
    let isCanceled = false;
    const page = new ReadableStream({ cancel: () => void (isCanceled = true) });
    const { send } = given([new Response(page, { status: 502 }), answered(200)]);
    expect((await send()).status).toBe(200);
    expect(isCanceled).toBe(true);
  });

  test("rejects with the caller's abort and does not retry", async () => {
    const { retrying, request, sent } = given([new Error("lost"), answered(200)]);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(retrying(new Request(request(), { signal }))).rejects.toThrow("enough");
    expect(sent.length).toBeLessThanOrEqual(1);
  });

  test("aborts a try after its time limit", async () => {
    const hangs = retryingFetch({
      fetch: (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
        }),
      timeoutMs: 1,
      retries: 0,
      isRepeatable: () => true,
    });
    await expect(hangs(new Request("http://shop/x"))).rejects.toThrow("timed out");
  });
});
