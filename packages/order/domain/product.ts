import { AppError, invalidField, sumWon, type OrderItem, type Product } from "@payflow/shared";

export type OrderLine = { readonly productId: string; readonly quantity: number };

export type Quote = {
  readonly items: readonly OrderItem[];
  readonly amount: number;
  /** The part of `amount` that bears no VAT. */
  readonly taxFreeAmount: number;
  readonly orderName: string;
};

/** A name and a price that the merchant sets. */
export type GivenPrice = Pick<Quote, "orderName" | "amount"> & {
  readonly taxFreeAmount?: number | undefined;
};

/** Toss's limit for an order's name: https://docs.tosspayments.com/reference */
const orderNameMaxLength = 100;

/**
 * Prices lines by the shop's products. Lines of one product are merged.
 * Throws AppError `unknown_product`, or `invalid_request` for more than 99 pieces of a product.
 */
export function quoteItems(lines: readonly OrderLine[], products: readonly Product[]): Quote {
  const quantities = new Map<Product, number>();
  for (const [index, { productId, quantity }] of lines.entries()) {
    const product = products.find((each) => each.productId === productId);
    if (product === undefined) {
      const errors = [{ path: `items.${index}.productId`, message: "unknown product" }];
      const text = `There is no product "${productId}"`;
      throw new AppError("invalid", "unknown_product", text, { errors });
    }
    const total = (quantities.get(product) ?? 0) + quantity;
    if (total > 99)
      throw invalidField(`items.${index}.quantity`, "at most 99 pieces of a product in one order");
    quantities.set(product, total);
  }
  const items = [...quantities].map(([product, quantity]): OrderItem => {
    const { productId, name, unitPrice, taxFreeAmount } = product;
    const item = { productId, name, unitPrice, quantity };
    return taxFreeAmount ? { ...item, taxFreeAmount } : item;
  });
  const amount = sumWon(items.map((item) => item.unitPrice * item.quantity));
  const taxFreeAmount = sumWon(items.map((item) => (item.taxFreeAmount ?? 0) * item.quantity));
  return { items, amount, taxFreeAmount, orderName: nameOrder(items) };
}

/** Throws AppError `invalid_request` when `taxFreeAmount` exceeds `amount`. */
export function quotePrice({ orderName, amount, taxFreeAmount = 0 }: GivenPrice): Quote {
  if (taxFreeAmount > amount) throw invalidField("taxFreeAmount", "must not be more than amount");
  return { items: [], amount, taxFreeAmount, orderName };
}

/** "첫 상품 외 2건", as on Korean receipts. */
function nameOrder(items: readonly OrderItem[]): string {
  const rest = items.length > 1 ? ` 외 ${items.length - 1}건` : "";
  const first = items[0]?.name ?? "";
  const room = orderNameMaxLength - rest.length;
  return (first.length > room ? `${first.slice(0, room - 1).toWellFormed()}…` : first) + rest;
}
