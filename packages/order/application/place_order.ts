import { AppError } from "@payflow/shared";
import { Order, type PlaceInput } from "../domain/order.ts";
import { quoteItems, quotePrice } from "../domain/product.ts";
import type { GivenPrice, OrderLine, Quote } from "../domain/product.ts";
import { withMails } from "./decide.ts";
import type { Claim, OrderDeps } from "./ports.ts";

/** Lines at the shop's prices, or a name and a price that the merchant sets. */
type PlaceOrder = ({ readonly items: readonly OrderLine[] } | GivenPrice) &
  Omit<PlaceInput, "quote"> & { readonly claim: Claim | undefined };

type PlacedOrder = { readonly order: Order; readonly replayed: boolean };

/**
 * Places an order once per idempotency key: a retry with the same key and request returns the order as in the first
 * response. Throws AppError `idempotency_key_reused` for another request, `merchant_reference_taken` when another order
 * has the reference, `unknown_product`, `invalid_request`.
 */
export async function placeOrder(command: PlaceOrder, deps: OrderDeps): Promise<PlacedOrder> {
  const { claim } = command;
  let quote: Quote;
  try {
    quote = "items" in command ? quoteItems(command.items, deps.products()) : quotePrice(command);
  } catch (refusal) {
    // a retry gets its first response, even if the product is no longer sold
    const placed = await findPlaced(claim, deps);
    if (placed === undefined) throw refusal;
    return placed;
  }
  const { newId, tailLength, orderTtlMs: ttlMs } = deps;
  const moment = { now: deps.now(), newId, orderId: newId(), ttlMs };
  for (;;) {
    const length = tailLength.at(moment.now);
    const change = Order.place({ ...command, quote }, { ...moment, tailLength: length });
    const result = await deps.orders.save(withMails(null, change), { cause: "placeOrder", claim });
    await deps.faultPoint("place:saved");
    if (result === "saved") return { order: change.state, replayed: false };
    const placed = await findPlaced(claim, deps);
    if (placed !== undefined) return placed;
    await requireNewReference(change.state, deps);
    // the order number is taken
    tailLength.growFrom(length);
  }
}

/** Throws AppError `merchant_reference_taken`, which names the order that has it. */
async function requireNewReference(order: Order, { orders }: OrderDeps): Promise<void> {
  const { merchantReference } = order;
  const other = merchantReference && (await orders.findBy("merchantReference", merchantReference));
  if (!other) return;
  const { orderId, orderNumber } = other;
  const text = `Order "${orderId}" has the merchantReference "${merchantReference}"`;
  const extensions = { orderId, orderNumber };
  throw new AppError("conflict", "merchant_reference_taken", text, { extensions });
}

/** Finds the order of an earlier request with this key. Throws AppError `idempotency_key_reused` if they differ. */
async function findPlaced(claim: Claim | undefined, deps: OrderDeps) {
  const first = claim && (await deps.orders.findClaim(claim));
  if (first === undefined) return undefined;
  const text = "This Idempotency-Key was used for another order; send a new key with a new order";
  if (first.requestHash !== claim?.requestHash)
    throw new AppError("invalid", "idempotency_key_reused", text);
  return { order: Order.asPlaced(first.order), replayed: true };
}
