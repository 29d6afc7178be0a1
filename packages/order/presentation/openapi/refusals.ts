import type { ErrorCode } from "../error_codes.ts";
import { componentRef } from "./components.ts";

/** Whoever is refused so is told when to ask again. */
const repeatable = [
  "payment_in_progress",
  "refund_in_progress",
  "rate_limited",
  "too_many_webhooks",
  "database_unavailable",
  "order_busy",
  "overloaded",
  "payment_busy",
  "payment_recovering",
  "payment_unavailable",
  "webhook_not_stored",
];

/** The answers of a route that are problem documents, by status, each with the codes that it may carry. */
export function refusals(errors: readonly ErrorCode[], publicUrl: string) {
  const byStatus = Map.groupBy(errors, (error) => error.status);
  return Object.fromEntries(
    [...byStatus].map(([status, rows]) => [
      status,
      {
        description: rows.map(({ code, cause }) => `\`${code}\`: ${cause}`).join("\n\n"),
        headers: {
          ...retryAfter(rows),
          ...(status === 401 ? { "WWW-Authenticate": componentRef("headers/Authenticate") } : {}),
          "X-Request-Id": componentRef("headers/RequestId"),
        },
        content: {
          "application/problem+json": {
            schema: {
              allOf: [componentRef("schemas/Problem")],
              properties: {
                status: { const: status },
                code: { enum: rows.map(({ code }) => code) },
              },
            },
            examples: Object.fromEntries(
              rows.map((row) => [row.code, { value: problemExample(row, publicUrl) }]),
            ),
          },
        },
      },
    ]),
  );
}

function retryAfter(rows: readonly ErrorCode[]) {
  const codes = rows.map(({ code }) => code).filter((code) => repeatable.includes(code));
  if (codes.length === 0) return {};
  const ref = componentRef("headers/RetryAfter");
  if (codes.length === rows.length) return { "Retry-After": ref };
  const only = codes.map((code) => `\`${code}\``).join(", ");
  const description = `With ${only}: seconds after which to ask again`;
  return { "Retry-After": { ...ref, description } };
}

function problemExample({ code, status, cause }: ErrorCode, publicUrl: string) {
  return {
    type: `${publicUrl}/docs/errors#${code}`,
    title: code.replaceAll("_", " "),
    status,
    detail: cause.replaceAll("`", ""),
    code,
    requestId: "0c5a3d0e-8d3b-4c52-9a5f-3f1c7f0b2a11",
  };
}
