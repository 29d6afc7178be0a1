// Shoppers' refund requests by the shop's API, which decides and identifies the caller by its key.
import { confirmed, listed, shown, wholeNumber } from "@payflow/local-stack";
import type { Work } from "./context.ts";
import { accountOf, idInShop, won } from "./order_changes.ts";
import { shopOf } from "./shop.ts";

type Order = {
  readonly orderId: string;
  readonly orderNumber: string;
  readonly orderName: string;
  readonly status: string;
  readonly amount: number;
  readonly refundedAmount: number;
  readonly refundRequest: {
    readonly status: string;
    readonly kind: string;
    readonly text: string;
    readonly requestedAt: string;
  } | null;
};
type Page = { readonly orders: readonly Order[]; readonly nextCursor: string | null };

/** Lists open requests, oldest orders first. */
export const listRequests: Work = async (_, context) => {
  const shop = shopOf(context);
  const orders: Order[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const query: string = cursor === "" ? "" : `?cursor=${cursor}`;
    const { body }: { body: Page } = await shop.call(`GET /api/refund-requests${query}`);
    orders.push(...body.orders);
    cursor = body.nextCursor;
  }
  const rows = orders.map(({ amount, refundedAmount, refundRequest, ...order }) => ({
    orderId: order.orderId,
    orderNumber: order.orderNumber,
    status: refundRequest?.status ?? "",
    kind: refundRequest?.kind ?? "",
    text: refundRequest?.text ?? "",
    orderName: order.orderName,
    left: amount - refundedAmount,
    requestedAt: refundRequest?.requestedAt ?? "",
  }));
  return listed(rows, "No open refund requests.");
};

/** Grants the open request; a repeated call refunds no second time. */
export const grant: Work = async ({ words: [word = ""], values, flags }, context, io) => {
  const { amount, account, answer } = values;
  const order = await decide(word, "grant", {
    context,
    isAgreed: flags["yes"] === true,
    what: ({ amount: paid, refundedAmount }) =>
      `${amount === undefined ? won(paid - refundedAmount) : `₩${amount}`} will be refunded`,
    body: {
      answer,
      amount: amount === undefined ? undefined : wholeNumber("amount", amount.replaceAll(",", "")),
      refundAccount: account === undefined ? undefined : accountOf(account),
    },
  });
  if (order.refundRequest?.status === "granting")
    io.note("Toss has not responded yet. The refund continues; run this again to see its result.");
  return result(order);
};

/** Declines the open request with a sentence for the shopper. */
export const decline: Work = async ({ words: [word = ""], values, flags }, context) =>
  result(
    await decide(word, "decline", {
      context,
      isAgreed: flags["yes"] === true,
      what: () => "The refund request will be declined",
      body: { answer: values["answer"] },
    }),
  );

async function decide(
  word: string,
  decision: "grant" | "decline",
  options: {
    readonly context: Parameters<Work>[1];
    readonly isAgreed: boolean;
    readonly what: (order: Order) => string;
    readonly body: object;
  },
): Promise<Order> {
  const shop = shopOf(options.context);
  const orderId = await idInShop(word, shop);
  const { body: order } = await shop.call<Order>(`GET /api/orders/${orderId}`);
  await confirmed(
    `${options.what(order)}: order ${orderId} (${order.orderName}, ${won(order.amount)}).`,
    { yes: options.isAgreed },
  );
  const { body } = await shop.call<Order>(
    `POST /api/orders/${orderId}/refund-request/${decision}`,
    {
      body: options.body,
      withinMs: 60_000,
    },
  );
  return body;
}

function result({ orderId, status, refundedAmount, refundRequest }: Order) {
  return shown({ orderId, orderStatus: status, refundedAmount, request: refundRequest?.status });
}
