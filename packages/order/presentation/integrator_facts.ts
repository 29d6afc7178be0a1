import * as v from "valibot";
import { storableText } from "@payflow/shared";

const described = <S extends v.GenericSchema>(schema: S, text: string) =>
  v.pipe(schema, v.description(text));

/** Only with a key of role operate. */
export const integratorFacts = {
  merchantReference: v.exactOptional(
    described(
      v.pipe(storableText(64), v.examples(["2026-11-27/0042"])),
      "What your own system calls the order by: no two orders have the same",
    ),
  ),
  metadata: v.exactOptional(
    described(
      v.pipe(
        v.record(storableText(40), storableText(500)),
        v.maxEntries(20, "has 20 entries at the most"),
        v.examples([{ cart: "7f3a" }]),
      ),
      "Comes back with the order and in OrderCreated; up to 20 texts of one line. No personal data: events are not erased",
    ),
  ),
  returnUrl: v.exactOptional(
    described(
      v.pipe(v.string(), v.maxLength(1_000), v.examples(["https://shop.example/thanks?cart=7f3a"])),
      "Where the shopper goes when the order is paid, waits for a deposit or is over, with `orderId`, `orderNumber` and `status` added to the query; its origin must be one of RETURN_ORIGINS",
    ),
  ),
};
