import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { requestId, type RequestIdVariables } from "hono/request-id";
import { AppError } from "../app_error.ts";
import { silentLog } from "./log.ts";
import { notFoundProblem, errorReporter, problemHandler } from "./problem.ts";

const docsUrl = "https://shop.example/docs/errors";

async function answerTo(thrown: unknown) {
  const app = new Hono<{ Variables: RequestIdVariables }>()
    .use(requestId())
    .onError(problemHandler(errorReporter(silentLog), docsUrl))
    .notFound(notFoundProblem)
    .get("/", () => {
      throw thrown;
    });
  const response = await app.request("/", { headers: { "X-Request-Id": "request-1" } });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body };
}

describe("problemHandler()", () => {
  test("sends an AppError by RFC 9457, with the members of its code", async () => {
    const { status, headers, body } = await answerTo(
      new AppError("declined", "payment_declined", "Not today", {
        extensions: { providerCode: "REJECT" },
      }),
    );
    expect(status).toBe(402);
    expect(headers.get("Content-Type")).toBe("application/problem+json");
    expect(body).toEqual({
      type: `${docsUrl}#payment_declined`,
      title: "payment declined",
      status: 402,
      detail: "Not today",
      code: "payment_declined",
      requestId: "request-1",
      providerCode: "REJECT",
    });
  });

  test("sets Retry-After and WWW-Authenticate", async () => {
    const busy = new AppError("too_many", "rate_limited", "Slower", { retryAfterSeconds: 7 });
    expect((await answerTo(busy)).headers.get("Retry-After")).toBe("7");
    const closed = new AppError("unauthorized", "merchant_key_required", "Who?");
    expect((await answerTo(closed)).headers.get("WWW-Authenticate")).toBe("Bearer");
  });

  test("quotes no text that JSON parsers refuse, and limits its length", async () => {
    const nasty = `\u0000\ud800${"x".repeat(10_000)}`;
    const { body } = await answerTo(
      new AppError("invalid", "invalid_request", nasty, {
        errors: [{ path: nasty, message: nasty }],
      }),
    );
    const [error] = body["errors"] as { path: string; message: string }[];
    for (const text of [body["detail"], error?.path, error?.message]) {
      expect(text).toStartWith("\ufffd\ufffdxxx");
      expect((text as string).length).toBeLessThanOrEqual(500);
    }
  });

  test("maps an unavailable database to 503, and other errors to 500 without details", async () => {
    const away = Object.assign(new Error("no"), { code: "ECONNREFUSED" });
    expect(await answerTo(away)).toMatchObject({
      status: 503,
      body: { code: "database_unavailable" },
    });
    const { status, body } = await answerTo(new Error("password is hunter2"));
    expect(status).toBe(500);
    expect(body).toMatchObject({ code: "internal_error", requestId: "request-1" });
    expect(JSON.stringify(body)).not.toContain("hunter2");
  });
});
