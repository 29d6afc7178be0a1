import { UsageError, UserError } from "@payflow/local-stack";
import { isUuid } from "@payflow/database";
import { orderNumberOf } from "@payflow/shared";

/** Returns an order's id from its id, or from its number by `find`. Throws UsageError and UserError. */
export async function orderIdOf(
  word: string,
  find: (orderNumber: string) => Promise<string | undefined>,
): Promise<string> {
  const orderId = word.toLowerCase();
  if (isUuid(orderId)) return orderId;
  const number = orderNumberOf(word);
  if (number === undefined) throw new UsageError(`"${word}" is not an order's number or id`);
  return (await find(number)) ?? orderNotFound(number);
}

export function orderNotFound(order: string): never {
  throw new UserError(`There is no order "${order}": bun run payflow orders list shows them.`);
}
