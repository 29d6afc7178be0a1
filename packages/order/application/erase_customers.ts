import { AppError } from "@payflow/shared";
import { Order } from "../domain/order.ts";
import type { OrderDeps } from "./ports.ts";

export type EraseDeps = OrderDeps & {
  /** Orders that still name this customer, whatever the letters' case, by id. */
  readonly listByEmail: (page: {
    readonly email: string;
    readonly afterId: string;
    readonly limit: number;
  }) => Promise<readonly Order[]>;
  /** Orders whose customer's name has been kept for as long as it may be. */
  readonly listToErase: (due: {
    readonly unpaidDays: number;
    readonly limit: number;
  }) => Promise<readonly Order[]>;
};

export type Erasure = {
  /** Order ids. */
  readonly erased: readonly string[];
  /** Paid orders that the law wants kept; `until` is when they are erased by themselves. */
  readonly kept: readonly {
    readonly orderId: string;
    readonly until: string;
  }[];
  /** True when there may be more: ask again. */
  readonly hasMore: boolean;
};

const pageMax = 200;
/** As many as one request may take. */
const pagesMax = 5;
const staleMax = 20;

/**
 * Removes a person's name and e-mail from all orders that can do without. Paid ones are kept for five years by law
 * (전자상거래 등에서의 소비자보호에 관한 법률 시행령 제6조); `includePaid` removes them all the same.
 */
export async function eraseCustomer(
  command: { readonly email: string; readonly includePaid: boolean },
  deps: EraseDeps,
): Promise<Erasure> {
  const erased: string[] = [];
  const kept: { orderId: string; until: string }[] = [];
  let afterId = "";
  for (let pages = 0; pages < pagesMax; pages++) {
    const { email } = command;
    const page = await deps.listByEmail({ email, afterId, limit: pageMax });
    for (const order of page) {
      const until = Order.keptByLawUntil(order);
      const isKept = until !== null && until > deps.now() && !command.includePaid;
      if (isKept) kept.push({ orderId: order.orderId, until });
      else {
        await eraseOrder(order, deps);
        erased.push(order.orderId);
      }
    }
    if (page.length < pageMax) return { erased, kept, hasMore: false };
    afterId = page.at(-1)?.orderId ?? "";
  }
  return { erased, kept, hasMore: true };
}

/** One step of what the shop promises by itself. Returns how many orders were erased. Throws when one could not be. */
export async function eraseDue(
  { unpaidDays }: { readonly unpaidDays: number },
  deps: EraseDeps,
): Promise<number> {
  const due = await deps.listToErase({ unpaidDays, limit: pageMax });
  const faults: unknown[] = [];
  for (const order of due)
    await eraseOrder(order, deps).catch((error: unknown) => faults.push(error));
  // all others are erased first; whoever repeats this waits longer each time
  if (faults.length > 0) throw faults[0];
  return due.length;
}

/** Payment first: once the order names nobody, nobody would ask payment again. */
async function eraseOrder(order: Order, deps: EraseDeps): Promise<void> {
  const { orderId } = order;
  const cause = "erasePersonalData";
  await deps.payments.erase({ orderId });
  for (let stale = 0; stale < staleMax; stale++) {
    const loaded = await deps.orders.find(orderId);
    if (loaded === undefined || loaded.customerEmail === "") return;
    const change = Order.erase(loaded);
    if ((await deps.orders.save(change, { cause })) === "saved") return;
  }
  throw new AppError(
    "unavailable",
    "order_busy",
    `Order "${orderId}" is being changed by many at once`,
    { retryAfterSeconds: 1 },
  );
}
