import type { Hono } from "hono";
import type * as v from "valibot";
import { internalCalls } from "@payflow/shared";
import type { CallBody, PaymentCall } from "@payflow/shared";
import { readJson, type Frozen } from "@payflow/shared/http";
import type { InternalEnv } from "./internal_key.ts";

/** Facts of five hundred orders with long names. */
const compareLimitBytes = 1024 * 1024;

/** What answers calls of order, by their names. */
export type CallHandlers<Name extends PaymentCall> = {
  readonly [N in Name]: (
    body: CallBody<N>,
  ) => Promise<Frozen<v.InferInput<(typeof internalCalls)[N]["answer"]>>>;
};

/** Answers POST /internal/payments/`name`. */
export function answerCalls(app: Hono<InternalEnv>, calls: CallHandlers<PaymentCall>): void {
  for (const [name, { body }] of Object.entries(internalCalls)) {
    const limitBytes = name === "compare" ? compareLimitBytes : undefined;
    const answer = calls[name as PaymentCall] as (body: unknown) => Promise<object>;
    app.post(`/internal/payments/${name}`, async (c) =>
      c.json(await answer(await readJson(c, body as v.GenericSchema, limitBytes))),
    );
  }
}
