import { json, reply, routesOf } from "@payflow/shared/http";
import { eraseCustomer, type EraseDeps } from "../application/erase_customers.ts";
import { orderExample } from "./api_examples.ts";
import { Erase, Erasure } from "./api_schemas.ts";
import { merchant, type ApiEnv } from "./caller.ts";

const route = routesOf<ApiEnv, EraseDeps>();

export const customerRoutes = [
  route({
    method: "POST",
    path: "/api/customers/erase",
    name: "eraseCustomer",
    tag: "orders",
    summary: "Remove a person's name and e-mail from their orders",
    description:
      "For who asks to be forgotten. Orders themselves stay, without names. One call sees up to a thousand orders; repeating it is harmless.",
    caller: merchant,
    body: json(Erase),
    answers: {
      200: {
        description: "What was done",
        schema: Erasure,
        example: {
          erased: [orderExample.orderId],
          kept: [
            { orderId: "019ab2c4-7d11-7c3e-9f52-6a1b0c8d4e31", until: "2031-11-22T10:11:12.000Z" },
          ],
          nextCursor: null,
        },
      },
    },
    refusals: ["payment_unavailable", "payment_busy", "order_busy"],
    handle: async ({ body }, deps) => reply(200, await eraseCustomer(body, deps)),
  }),
];
