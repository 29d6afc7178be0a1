import { confirmed, listed, UsageError } from "@payflow/local-stack";
import type { Work } from "./context.ts";
import { shopOf } from "./shop.ts";

type Erasure = {
  readonly erased: readonly string[];
  readonly kept: readonly {
    readonly orderId: string;
    readonly until: string;
  }[];
  readonly nextCursor: string | null;
};

/** Far more than erasing a thousand orders takes. */
const responseWithinMs = 120_000;

/** Erases a customer by the shop's API, after a confirmation. */
export const erase: Work = async ({ words: [email = ""], flags }, context) => {
  if (!email.includes("@")) throw new UsageError(`"${email}" is not an e-mail address`);
  const includePaid = flags["include-paid"] === true;
  const shop = shopOf(context);
  const paid = includePaid ? ", including paid ones" : "";
  await confirmed(
    `The name and e-mail address of ${email} will be erased from all orders at ${shop.url}${paid}. Orders that can still be paid will be cancelled. This cannot be undone.`,
    { yes: flags["yes"] === true },
  );
  const rows: Record<string, unknown>[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await shop.call<Erasure>("POST /api/customers/erase", {
      body: { email, includePaid, ...(cursor ? { cursor } : {}) },
      withinMs: responseWithinMs,
    });
    const { erased, kept, nextCursor } = body;
    rows.push(
      ...erased.map((orderId) => ({ orderId, name: "erased", until: null })),
      ...kept.map(({ orderId, until }) => ({ orderId, name: "kept by law", until })),
    );
    cursor = nextCursor ?? undefined;
  } while (cursor !== undefined);
  return listed(rows, `No order has the e-mail address ${email}.`);
};
