import { Order } from "../domain/order.ts";
import { decideAndSave } from "./decide.ts";
import type { OrderDeps, OrderQueries } from "./ports.ts";

type EraseDeps = OrderDeps &
  Pick<OrderQueries, "listByEmail" | "listToErase"> & {
    /** Mails of orders. */
    readonly deliveries: { readonly eraseMails: (orderId: string) => Promise<void> };
  };

/** Orders per call of `eraseCustomer`. */
const ordersMax = 1_000;
/** Orders per step of `eraseDue`; the worker runs the next step at once. */
const dueMax = 200;

/**
 * Removes a customer's name and e-mail address from their orders, at most a thousand in one call. By law paid orders
 * keep them for five years (전자상거래 등에서의 소비자보호에 관한 법률 시행령 제6조), after which `eraseDue` erases them;
 * `includePaid` erases them now. `nextCursor`: the next call's cursor; null after the last order.
 */
export async function eraseCustomer(
  command: {
    readonly email: string;
    readonly includePaid: boolean;
    readonly cursor?: string | undefined;
  },
  deps: EraseDeps,
) {
  const { email, includePaid, cursor = "" } = command;
  const erased: string[] = [];
  const kept: { orderId: string; until: string }[] = [];
  const orders = await deps.listByEmail({ email, afterId: cursor, limit: ordersMax });
  for (const order of orders) {
    const { orderId } = order;
    const until = includePaid ? null : Order.keptUntil(order, deps.now());
    if (until !== null) kept.push({ orderId, until });
    else if (await eraseOrder(orderId, deps, includePaid)) erased.push(orderId);
  }
  const last = orders.length < ordersMax ? undefined : orders.at(-1);
  return { erased, kept, nextCursor: last?.orderId ?? null };
}

/** One step of the scheduled erasure. Returns how many orders were due. Throws the first failure at the end. */
export async function eraseDue(
  { unpaidDays }: { readonly unpaidDays: number },
  deps: EraseDeps,
): Promise<number> {
  const due = await deps.listToErase({ unpaidDays, limit: dueMax });
  const failures: unknown[] = [];
  for (const { orderId } of due)
    await eraseOrder(orderId, deps).catch((error: unknown) => failures.push(error));
  // thrown last: a failing order must not keep the others from being erased; the worker backs off
  if (failures.length > 0) throw failures[0];
  return due.length;
}

/**
 * Erases one order. Returns false if the order must be kept now. Payment and mails come first: an erased order is not
 * listed again, so they would have no retry.
 */
export async function eraseOrder(orderId: string, deps: EraseDeps, includePaid = false) {
  await deps.payments.erase({ orderId });
  await deps.deliveries.eraseMails(orderId);
  const mayErase = (order: Order) => includePaid || Order.keptUntil(order, deps.now()) === null;
  const decide = (order: Order) =>
    order.customerEmail !== "" && mayErase(order) ? Order.erase(order) : undefined;
  const order = await decideAndSave({ orderId, cause: "erasePersonalData", decide }, deps);
  return order.customerEmail === "";
}
