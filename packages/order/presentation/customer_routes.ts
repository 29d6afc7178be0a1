import { Hono } from "hono";
import * as v from "valibot";
import { EmailAddress } from "@payflow/shared";
import { readJson } from "@payflow/shared/http";
import { eraseCustomer, type EraseDeps } from "../application/erase_customers.ts";
import { requireMerchant, type CallerVariables } from "./caller.ts";
import type { ErasureOutput } from "./order_output.ts";

export const EraseInput = v.strictObject({
  email: v.pipe(EmailAddress, v.examples(["kim@example.com"])),
  includePaid: v.pipe(
    v.optional(v.boolean(), false),
    v.description("Also orders that the law wants kept for five years"),
  ),
});

/** What a person may ask of the shop by law. */
export function customerRoutes(deps: EraseDeps): Hono<{ Variables: CallerVariables }> {
  return new Hono<{ Variables: CallerVariables }>().post("/api/customers/erase", async (c) => {
    requireMerchant(c.get("caller"));
    const command = await readJson(c, EraseInput);
    const { erased, kept, hasMore } = await eraseCustomer(command, deps);
    const answer: ErasureOutput = { erased: [...erased], kept: [...kept], hasMore };
    return c.json(answer);
  });
}
