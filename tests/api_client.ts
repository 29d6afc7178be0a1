import { expect } from "bun:test";
import type { OrderAnswer } from "./shopper.ts";

import type { TestStack } from "./stack.ts";

export { cookieOf } from "./shopper.ts";

export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly { path: string; message: string }[];
};

/** An integrator's calls, and checks that hold for every error response. */
export function apiOf(stack: Pick<TestStack, "url" | "merchantKey">) {
  /** With a body: a POST with JSON; a string is sent unchanged. */
  function call(
    path: string,
    init: {
      method?: string;
      headers?: Record<string, string>;
      body?: unknown;
    } = {},
  ): Promise<Response> {
    const { body } = init;
    if (body === undefined) {
      const { method = "GET", headers = {} } = init;
      return fetch(stack.url + path, { method, headers, redirect: "manual" });
    }
    return fetch(stack.url + path, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...init.headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  /** Checks an error response's status, code and problem document, and returns the problem. */
  async function refusal(response: Response, status: number, code: string): Promise<Problem> {
    const problem = (await response.json()) as Problem;
    expect(problem).toMatchObject({ status, code });
    const { headers } = response;
    expect(response.status).toBe(status);
    expect(headers.get("Content-Type")).toBe("application/problem+json");
    expect(problem.type).toEndWith(`/docs/errors#${code}`);
    expect(URL.canParse(problem.type)).toBe(true);
    expect(problem.title).not.toBe("");
    expect(problem.detail).not.toBe("");
    expect(problem.requestId).toBe(headers.get("X-Request-Id") ?? "none");
    return problem;
  }

  return {
    call,
    refusal,
    merchant: { Authorization: `Bearer ${stack.merchantKey}` },
  };
}

export const cart = {
  items: [{ productId: "dev-tool", quantity: 2 }],
  customerName: "김토스",
  customerEmail: "kim@example.com",
};

/** Expects 201 and returns the created order. */
export async function placed(response: Response): Promise<OrderAnswer> {
  expect(response.status).toBe(201);
  return (await response.json()) as OrderAnswer;
}

/** A new Idempotency-Key. */
export function newKey(): { "Idempotency-Key": string } {
  return { "Idempotency-Key": crypto.randomUUID() };
}
