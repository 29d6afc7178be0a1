import { UsageError, UserError } from "@payflow/local-stack";
import { isUuid } from "@payflow/database";
import type { OrderSelection } from "@payflow/back-office";
import { postgresOrderSearch } from "@payflow/order/operate";
import { orderNumberOf } from "@payflow/shared";
import type { Places } from "./places.ts";

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

/** Finds an order's id by its id or number in order's database. Throws UsageError and UserError. */
export async function idInDatabase(word: string, orders: Places["databases"]["order"]) {
  return await orderIdOf(word, async (number) => {
    const selection: OrderSelection = { anyOf: [{ kind: "number", text: number }] };
    const { rows } = await postgresOrderSearch(orders).searchOrders(selection, { limit: 1 });
    return rows[0]?.orderId;
  });
}

export function orderNotFound(order: string): never {
  throw new UserError(`There is no order "${order}": bun run payflow orders list shows them.`);
}
