import type { OrderItem, Product } from "@payflow/shared";
import type { OrderPage } from "./contract.ts";
import type { Scene } from "./scene.ts";

type Reading = Pick<Scene, "deps" | "language">;

/** The shop's name and description in the page's language; in Korean when the file has no English ones. */
export function shopText({ deps, language }: Reading): { name: string; description: string } {
  const { name, description, en } = deps.shop;
  return (language === "en" ? en : undefined) ?? { name, description };
}

/** A product's name and description, by the same rule. */
export function productText(
  { deps, language }: Reading,
  { productId, name, description }: Pick<Product, "productId" | "name" | "description">,
): { readonly name: string; readonly description?: string | undefined } {
  const known = deps.shop.products.find((product) => product.productId === productId);
  // a product that was renamed since the order keeps the name in the order
  const isSame = language === "en" && known?.name === name;
  return (isSame ? known.en : undefined) ?? { name, description };
}

export function itemName(reading: Reading, item: OrderItem): string {
  return productText(reading, item).name;
}

/** The title of an order in a list: its first item and the number of the others. */
export function orderTitle(
  scene: Pick<Scene, "deps" | "language" | "t">,
  order: OrderPage,
): string {
  const [first, ...others] = order.items;
  if (scene.language === "ko" || !first) return order.orderName;
  const name = itemName(scene, first);
  return others.length > 0 ? scene.t.shop.andMore(name, others.length) : name;
}
