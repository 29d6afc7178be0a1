import type { Order } from "../domain/order.ts";

/** Minimum response time: timing must not tell an unknown order from a wrong address. */
export const answerMs = 400;

/**
 * Finds an order by its number and its e-mail address, which is compared case-insensitively. Returns undefined for an
 * unknown order and for a wrong address alike, each after `answerMs`. An erased order is never found.
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
