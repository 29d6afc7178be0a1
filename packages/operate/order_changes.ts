// Refunds and cancellations by the shop's API, which decides and identifies the caller by its key.
import { confirmed, shown, UsageError, UserError, wholeNumber } from "@payflow/local-stack";
import { koreanTimeOf } from "@payflow/shared";
import type { Work } from "./context.ts";
import { orderIdOf } from "./order_word.ts";
import { shopOf, type Shop } from "./shop.ts";

type Payment = {
  readonly orderName: string;
  readonly status: string;
  readonly amount: number;
  readonly balanceAmount: number;
  readonly refundLimits: { readonly wholeOnly: boolean; readonly until: string | null } | null;
};

export const won = (amount: number) => `₩${amount.toLocaleString("en-US")}`;

/** Refunds an order, once per Idempotency-Key. */
export const refund: Work = async ({ words: [word = ""], values, flags }, context, io) => {
  const shop = shopOf(context);
  const orderId = await idInShop(word, shop);
  const { reason = "", account } = values;
  const amount =
    values["amount"] === undefined
      ? undefined
      : wholeNumber("amount", values["amount"].replaceAll(",", ""));
  const refundAccount = account === undefined ? undefined : accountOf(account);
  const taxFree = values["tax-free"];
  const taxFreeAmount =
    taxFree === undefined ? undefined : wholeNumber("tax-free", taxFree.replaceAll(",", ""));
  const given = values["idempotency-key"];
  const { body: before } = await shop.call<Payment>(`GET /api/payments/${orderId}`);
  const { balanceAmount: balance, orderName } = before;
  // a deposit for a closed order is not in its balance; it is returned to the given account
  if (balance === 0 && given === undefined && account === undefined)
    throw new UserError(
      `Order ${orderId} has no balance to refund: its payment is ${before.status}.`,
    );
  const back = amount ?? balance;
  const { wholeOnly = false, until = null } = before.refundLimits ?? {};
  if (wholeOnly) io.note("This payment can only be refunded in full.");
  if (until !== null)
    io.note(`Toss accepts refunds of it until ${koreanTimeOf(until)}, Korean time.`);
  const held = `${won(before.amount)} in all, ${won(balance)} held`;
  const part =
    balance === 0
      ? `The whole deposit for order ${orderId} (${orderName}), which is closed, will be refunded to this account.`
      : `${won(back)} of order ${orderId} (${orderName}) will be refunded: ${held}, ${won(Math.max(0, balance - back))} will remain.`;
  const text =
    given === undefined
      ? part
      : `The refund of order ${orderId} (${orderName}) with this key will be retried: ${held}. A refund already made with it is not made again.`;
  await confirmed(text, { yes: flags["yes"] === true });
  const key = given ?? `cli-${crypto.randomUUID()}`;
  io.note(`Idempotency-Key: ${key} (to repeat this refund: --idempotency-key ${key})`);
  const { status, body: after } = await shop.call<Payment>(`POST /api/payments/${orderId}/cancel`, {
    headers: { "Idempotency-Key": key },
    body: { reason, amount, taxFreeAmount, refundAccount },
    withinMs: 60_000,
  });
  const isOpen = status === 202;
  if (isOpen)
    io.note(
      "Toss has not responded yet. The refund continues; run this with the same key to see its result.",
    );
  return shown({
    orderId,
    paymentStatus: after.status,
    // for a repeated call, only its response says how much was refunded
    refunded: given === undefined ? (isOpen ? 0 : back) : undefined,
    balanceAmount: after.balanceAmount,
    isOpen,
    idempotencyKey: key,
  });
};

/** Cancels an unpaid order. */
export const cancel: Work = async ({ words: [word = ""], values, flags }, context) => {
  const shop = shopOf(context);
  const orderId = await idInShop(word, shop);
  const { body: order } = await shop.call<Payment>(`GET /api/orders/${orderId}`);
  await confirmed(
    `Order ${orderId} (${order.orderName}, ${won(order.amount)}, ${order.status}) will be cancelled.`,
    { yes: flags["yes"] === true },
  );
  const { body } = await shop.call<Payment>(`POST /api/orders/${orderId}/cancel`, {
    reason: values["reason"],
    withinMs: 60_000,
  });
  return shown({ orderId, status: body.status });
};

/** Finds an order's id by its id or number. Throws UsageError and UserError. */
export function idInShop(word: string, shop: Shop): Promise<string> {
  return orderIdOf(word, async (number) => {
    const { body } = await shop.call<{ readonly orders: readonly { readonly orderId: string }[] }>(
      `GET /api/orders?orderNumber=${number}`,
    );
    return body.orders[0]?.orderId;
  });
}

/** Throws UsageError. */
export function accountOf(text: string) {
  const [, bank, accountNumber, holderName] =
    /^([A-Z0-9]{2,20}):([\d-]{1,40}):(.{1,60})$/.exec(text) ?? [];
  if (bank === undefined || accountNumber === undefined)
    throw new UsageError(
      `--account is "${text}": write it as BANK:NUMBER:HOLDER, with Toss's code or English name of the bank`,
    );
  return { bank, accountNumber: accountNumber.replaceAll("-", ""), holderName };
}
