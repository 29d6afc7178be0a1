import { AppError } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import { cancelOrder } from "./cancel_order.ts";
import { decideAndSave, loadOrder } from "./decide.ts";
import type { OrderDeps, OrderQueries } from "./ports.ts";

type EraseDeps = OrderDeps &
  Pick<OrderQueries, "listByEmail" | "listToErase"> & {
    readonly deliveries: { readonly eraseMails: (orderId: string) => Promise<void> };
  };

/** Orders per call of `eraseCustomer`. */
const ordersMax = 1_000;
/** Orders per step of `eraseDue`; the worker runs the next step at once. */
const dueMax = 200;

/**
 * Removes a customer's name and e-mail address from their orders, at most a thousand in one call. By law paid orders
 * keep them for five years (전자상거래 등에서의 소비자보호에 관한 법률 시행령 제6조), after which `eraseDue` erases them;
 * `includePaid` erases them now. `nextCursor`: the next call's cursor; null after the last order. Throws as `eraseOrder`; a
 * conflict of one order is thrown last, so that the others are erased.
 */
export async function eraseCustomer(
  command: Readonly<{ email: string; includePaid: boolean; cursor?: string | undefined }>,
  deps: EraseDeps,
) {
  const { email, includePaid, cursor: afterId = "" } = command;
  const erased: string[] = [];
  const kept: { orderId: string; until: string }[] = [];
  const orders = await deps.listByEmail({ email, afterId, limit: ordersMax });
  const refused: AppError[] = [];
  for (const { orderId } of orders)
    try {
      const until = await eraseOrder(orderId, deps, includePaid);
      if (until === null) erased.push(orderId);
      else kept.push({ orderId, until });
    } catch (error) {
      if (!(error instanceof AppError) || error.kind !== "conflict") throw error;
      refused.push(error);
    }
  if (refused[0] !== undefined) throw refused[0];
  return { erased, kept, nextCursor: orders[ordersMax - 1]?.orderId ?? null };
}

/** One step of the scheduled erasure. Returns how many orders it erased. Throws the first failure at the end. */
export async function eraseDue({ unpaidDays }: { readonly unpaidDays: number }, deps: EraseDeps) {
  const failures: unknown[] = [];
  const ends: unknown[] = [];
  for (const { orderId } of await deps.listToErase({ unpaidDays, limit: dueMax }))
    ends.push(await eraseOrder(orderId, deps).catch((error: unknown) => failures.push(error)));
  // thrown last: a failing order must not keep the others from being erased; the worker backs off
  if (failures.length > 0) throw failures[0];
  return ends.filter((until) => until === null).length;
}

/**
 * Erases one order; returns until when the law keeps it instead. One that can still be paid is cancelled first, because a
 * paid order needs its customer. Then the order decides, so that a kept order keeps its webhooks and mails. The address
 * goes last: until then, an interrupted erasure is listed again. Throws AppError as `cancelOrder` does.
 */
export async function eraseOrder(orderId: string, deps: EraseDeps, includePaid = false) {
  const now = deps.now();
  const keptUntil = (order: Order) => (includePaid ? null : Order.keptUntil(order, now));
  const erase = (cause: string, isDue: (order: Order) => boolean) => {
    const decide = (order: Order) => (isDue(order) ? Order.erase(order) : undefined);
    return decideAndSave({ orderId, cause, decide }, deps);
  };
  const order = await loadOrder(orderId, deps);
  const isOpen = order.status === "PENDING" || order.status === "AWAITING_DEPOSIT";
  if (isOpen && keptUntil(order) === null) await cancelOrder({ orderId }, deps);
  const isDue = (order: Order) => order.customerName !== "" && keptUntil(order) === null;
  const until = keptUntil(await erase("erasePersonalData", isDue));
  if (until !== null) return until;
  await deps.payments.erase({ orderId });
  await deps.deliveries.eraseMails(orderId);
  await erase("finishErasure", (order) => order.customerEmail !== "");
  return null;
}
