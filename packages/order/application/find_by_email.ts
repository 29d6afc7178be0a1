import type { Order } from "../domain/order.ts";

/** An answer takes no less: how long it took must not tell an unknown order from another address. */
export const answerMs = 400;

/**
 * The order of this number if it was placed with this e-mail address, whatever the letters' case. Undefined for an unknown
 * order and for another address alike, each after `answerMs`; an erased order has no address, and is found by none.
 */
export async function findByEmail(
  { orderNumber, email }: { readonly orderNumber: string; readonly email: string },
  deps: {
    readonly findOrder: (orderNumber: string) => Promise<Order | undefined>;
    readonly pause: (ms: number) => Promise<unknown>;
    readonly isSame: (given: string, known: string) => boolean;
  },
): Promise<Order | undefined> {
  const [order] = await Promise.all([deps.findOrder(orderNumber), deps.pause(answerMs)]);
  const known = order?.customerEmail.toLowerCase() ?? "";
  const isSame = deps.isSame(email.toLowerCase(), known);
  return isSame && known !== "" ? order : undefined;
}
