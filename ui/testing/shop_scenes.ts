import { AppError } from "@payflow/shared";
import type { Page } from "playwright-core";
import type { PageScene } from "./page_scene.ts";

const oneChosen = "/?quantity.dev-tool=1";

/** Products and checkout. */
export const shopScenes: readonly PageScene[] = [
  { name: "shop", prepare: () => oneChosen },
  { name: "shop_no_script", noScript: true, prepare: () => oneChosen },
  { name: "shop_empty", prepare: () => "/" },
  {
    name: "shop_errors",
    prepare: () => "/?quantity.dev-tool=x&quantity.keycaps=2",
    async act(page) {
      await page.locator("[name=customerEmail]").fill("kim@");
      await page.locator(".pay-button").click();
      await page.locator(".field-error").first().waitFor();
    },
  },
  {
    name: "shop_unavailable",
    prepare(ui) {
      ui.shop.placeRefusal = new AppError(
        "unavailable",
        "orders_unavailable",
        "Orders can't be stored",
      );
      return oneChosen;
    },
    async act(page) {
      await placeOrder(page);
      await page.locator(".notice.warn").waitFor();
    },
  },
  {
    name: "shop_unreachable",
    prepare: () => oneChosen,
    async act(page) {
      await page.route("**/orders?*", (route) => route.abort());
      await placeOrder(page);
      await page.locator("#flash:not(:empty)").waitFor();
    },
  },
];

async function placeOrder(page: Page): Promise<void> {
  await page.locator("[name=customerName]").fill("김토스");
  await page.locator("[name=customerEmail]").fill("kim@example.com");
  await page.locator("[name=consent]").check();
  await page.locator(".pay-button").click();
}
