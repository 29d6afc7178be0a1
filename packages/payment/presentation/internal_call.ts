import type * as v from "valibot";
import { internalCalls } from "@payflow/shared";
import type { CallBody, PaymentCall } from "@payflow/shared";
import { json, reply, routesOf, type Frozen } from "@payflow/shared/http";
import { orderService, type InternalEnv } from "./internal_key.ts";

/** Facts of five hundred orders with long names. */
const compareLimitBytes = 1024 * 1024;

type Answered<Name extends PaymentCall> = v.InferInput<(typeof internalCalls)[Name]["answer"]>;

/** What answers calls, by their names. */
export type CallHandlers<Name extends PaymentCall> = {
  readonly [N in Name]: (body: CallBody<N>) => Promise<Frozen<Answered<N>>>;
};

/** Declares calls of order: POST /internal/payments/`name`, answered by {} when there is nothing to say. */
export function callsOf<Deps>() {
  const route = routesOf<InternalEnv, Deps>();
  return <Name extends PaymentCall>(
    name: Name,
    handle: (body: CallBody<Name>, deps: Deps) => Promise<Frozen<Answered<Name>> | void>,
  ) => {
    const { body, answer: schema } = internalCalls[name];
    const limitBytes = name === "compare" ? compareLimitBytes : undefined;
    return route({
      method: "POST",
      path: `/internal/payments/${name}`,
      name,
      tag: "payments",
      summary: name,
      caller: orderService,
      body: json(body as v.GenericSchema<unknown, CallBody<Name>>, limitBytes),
      answers: { 200: { description: name, schema } },
      handle: async ({ body }, deps) => reply(200, ((await handle(body, deps)) ?? {}) as never),
    });
  };
}
