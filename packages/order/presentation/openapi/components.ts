import * as v from "valibot";
import { toJsonSchema, toJsonSchemaDefs, type ConversionConfig } from "@valibot/to-json-schema";
import { OrderId } from "@payflow/shared";
import { CartOrder, ConfirmInput, IdempotencyKey, PricedOrder } from "../order_input.ts";
import { EraseInput } from "../customer_routes.ts";
import {
  ErasureOutput,
  HealthOutput,
  HistoryOutput,
  OrderListOutput,
  OrderOutput,
  PaymentOutput,
  ProblemOutput,
  ProductListOutput,
  ReadinessOutput,
  WebhookOutput,
} from "../order_output.ts";
import { RefundInput } from "../refund_routes.ts";
import type { SchemaName } from "./operations.ts";

/** `toJsonSchema`'s settings. JSON Schema has no word for these: text is trimmed, in NFC, and has no control characters. */
export const jsonSchema = {
  target: "draft-2020-12",
  ignoreActions: ["trim", "check", "normalize", "transform"],
} satisfies ConversionConfig;

export const componentRef = (id: string) => ({ $ref: `#/components/${id}` });

/** The schemas that routes parse and answer by. */
export const schemas = {
  CartOrder,
  PricedOrder,
  Confirm: ConfirmInput,
  Refund: RefundInput,
  Order: OrderOutput,
  OrderList: OrderListOutput,
  History: HistoryOutput,
  Erase: EraseInput,
  Erasure: ErasureOutput,
  Payment: PaymentOutput,
  ProductList: ProductListOutput,
  Metrics: v.string(),
  WebhookReceipt: WebhookOutput,
  Health: HealthOutput,
  Readiness: ReadinessOutput,
  Problem: ProblemOutput,
} satisfies Record<SchemaName | "Problem", unknown>;

/** Names of headers, by the names under which answers refer to them. */
export const headerNames = {
  Location: "Location",
  IdempotentReplayed: "Idempotent-Replayed",
  RetryAfter: "Retry-After",
} as const;

/** What routes refer to. */
export function components() {
  return {
    schemas: toJsonSchemaDefs(schemas, {
      ...jsonSchema,
      overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
    }),
    ...sharedParts(),
  };
}

function sharedParts() {
  const text = { type: "string" };
  const idempotencyKey = {
    name: "Idempotency-Key",
    in: "header",
    example: "cart-7f3a",
    schema: toJsonSchema(IdempotencyKey, jsonSchema),
  };
  return {
    parameters: {
      OrderId: {
        name: "orderId",
        in: "path",
        required: true,
        schema: toJsonSchema(OrderId, jsonSchema),
      },
      IdempotencyKey: {
        ...idempotencyKey,
        required: false,
        description:
          "Makes the call safe to repeat. Keys of the merchant, of a session and of callers without one never meet.",
      },
      RefundKey: {
        ...idempotencyKey,
        required: true,
        description:
          "Makes the refund safe to repeat: it is made once, however often it is sent. Kept for ever.",
      },
    },
    headers: {
      Location: {
        description: "Address of the order",
        schema: { type: "string", format: "uri-reference" },
      },
      IdempotentReplayed: {
        description: "There, and true, when the Idempotency-Key was used before",
        schema: { const: "true" },
      },
      RetryAfter: {
        description: "Seconds after which to ask again",
        schema: { type: "integer", minimum: 1 },
      },
      RequestId: {
        description: "The caller's X-Request-Id if it sent a plain one, else ours",
        schema: text,
      },
      Authenticate: { description: "Bearer", schema: text },
    },
    securitySchemes: {
      merchantKey: {
        type: "http",
        scheme: "bearer",
        description: "The merchant's key (MERCHANT_API_KEY)",
      },
      session: {
        type: "apiKey",
        in: "cookie",
        name: "payflow_session",
        description:
          "A browser's session: comes with the first page, or with the answer that creates an order",
      },
    },
  };
}
