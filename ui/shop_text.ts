import type { OrderItem, Product } from "@payflow/shared";
import type { OrderPage } from "./contract.ts";
import type { Scene } from "./scene.ts";

type Reading = Pick<Scene, "deps" | "language">;

/** The shop's name and what it is, in the page's language as far as its file has it. */
export function shopText({ deps, language }: Reading): { name: string; description: string } {
  const { name, description, en } = deps.shop;
  return (language === "en" ? en : undefined) ?? { name, description };
}

/** A product's texts, likewise. */
export function productText(
  { deps, language }: Reading,
  { productId, name, description }: Pick<Product, "productId" | "name" | "description">,
): { readonly name: string; readonly description?: string | undefined } {
  const known = deps.shop.products.find((product) => product.productId === productId);
  // what was ordered under another name keeps that
  const isSame = language === "en" && known?.name === name;
  return (isSame ? known.en : undefined) ?? { name, description };
}

/** The name of a line of an order. */
export function itemName(reading: Reading, item: OrderItem): string {
  return productText(reading, item).name;
}

/** What an order is called in a list: its first line, and how many more there are. */
export function orderTitle(
  scene: Pick<Scene, "deps" | "language" | "t">,
  order: OrderPage,
): string {
  const [first, ...others] = order.items;
  if (scene.language === "ko" || !first) return order.orderName;
  const name = itemName(scene, first);
  return others.length > 0 ? scene.t.shop.andMore(name, others.length) : name;
}
