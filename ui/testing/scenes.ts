import { orderScenes } from "./order_scenes.ts";
import type { PageScene } from "./page_scene.ts";
import { returnScenes } from "./return_scenes.ts";
import { shopScenes } from "./shop_scenes.ts";
import { siteScenes } from "./site_scenes.ts";

export type { PageScene } from "./page_scene.ts";

/** Every shopper's page in every state, for screenshots and the accessibility check. */
export const pageScenes: readonly PageScene[] = [
  ...shopScenes,
  ...orderScenes,
  ...returnScenes,
  ...siteScenes,
];
