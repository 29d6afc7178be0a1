import { Order } from "../domain/order.ts";
import { decideAndSave } from "./decide.ts";
import type { OrderDeps, OrderQueries } from "./ports.ts";

type EraseDeps = OrderDeps &
  Pick<OrderQueries, "listByEmail" | "listToErase"> & {
    /** Mails of orders. */
    readonly deliveries: { readonly eraseMails: (orderId: string) => Promise<void> };
  };

/** Of one call. */
const ordersMax = 1_000;
/** Of one step; the next one follows at once. */
const dueMax = 200;

/**
 * Removes a person's name and e-mail from all orders that can do without, up to a thousand in one call. Paid ones are
 * kept for five years by law (전자상거래 등에서의 소비자보호에 관한 법률 시행령 제6조), until they are erased by themselves;
 * `includePaid` removes them all the same. `nextCursor`: where the next call goes on; null when all orders were seen.
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

/** One step of what the shop promises by itself. Returns how many orders were erased. Throws when one could not be. */
export async function eraseDue(
  { unpaidDays }: { readonly unpaidDays: number },
  deps: EraseDeps,
): Promise<number> {
  const due = await deps.listToErase({ unpaidDays, limit: dueMax });
  const failures: unknown[] = [];
  for (const { orderId } of due)
    await eraseOrder(orderId, deps).catch((error: unknown) => failures.push(error));
  // all others are erased first; whoever repeats this waits longer each time
  if (failures.length > 0) throw failures[0];
  return due.length;
}

/** False: it has to be kept by now. Payment first: once the order names nobody, nobody would ask payment again. */
export async function eraseOrder(orderId: string, deps: EraseDeps, includePaid = false) {
  await deps.payments.erase({ orderId });
  // before the order: once it names nobody, nobody would come back for them; they name nobody themselves
  await deps.deliveries.eraseMails(orderId);
  const mayErase = (order: Order) => includePaid || Order.keptUntil(order, deps.now()) === null;
  const decide = (order: Order) =>
    order.customerEmail !== "" && mayErase(order) ? Order.erase(order) : undefined;
  const order = await decideAndSave({ orderId, cause: "erasePersonalData", decide }, deps);
  return order.customerEmail === "";
}
