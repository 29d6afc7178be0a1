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

/** What an integrator sends, and what the API promises of every answer. */
export function apiOf(stack: Pick<TestStack, "url" | "merchantKey">) {
  /** Sends JSON when there is a body, which makes it a POST; text goes out as it is. */
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

  /** The problem that an answer is, checked for the form that every problem has. */
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

/** The order that an answer created. */
export async function placed(response: Response): Promise<OrderAnswer> {
  expect(response.status).toBe(201);
  return (await response.json()) as OrderAnswer;
}

/** An Idempotency-Key that nobody has used. */
export function newKey(): { "Idempotency-Key": string } {
  return { "Idempotency-Key": crypto.randomUUID() };
}
