import { koreanDayOf } from "@payflow/shared";
import { Hono } from "hono";
import { refusalOf } from "../../refusal.ts";
import { renderAdmin } from "../admin_render.tsx";
import { type AdminEnv, adminSceneOf, type AdminStage } from "../admin_scene.ts";
import { csvResponse } from "../csv_response.ts";
import { placeOf } from "../fragments/pager.tsx";
import { readOrderFilter } from "../order_filter.ts";
import { OrdersPage, type OrdersPageProps } from "../pages/orders_page.tsx";

/** The list of orders and its export. */
export function ordersRoutes(stage: AdminStage): Hono<AdminEnv> {
  const { deps } = stage;
  const app = new Hono<AdminEnv>();

  app.get("/orders", async (c) => {
    const query = new URL(c.req.url).searchParams;
    const filter = readOrderFilter(query);
    const place = placeOf(query);
    const scene = await adminSceneOf(c, stage);
    let found: OrdersPageProps["found"];
    let wrong: readonly string[] | undefined;
    try {
      const [listed, sums] = await Promise.all([
        deps.listOrders(filter, place.after),
        deps.sumOrders(filter),
      ]);
      found = { ...listed, sums };
    } catch (thrown) {
      const refusal = refusalOf(c, deps, thrown);
      if (refusal?.code !== "invalid_request") throw thrown;
      wrong = refusal.details.errors?.map(({ path }) => path) ?? [];
    }
    return renderAdmin(
      c,
      scene,
      { title: scene.t.orders.title, current: "orders", status: wrong ? 422 : 200 },
      <OrdersPage scene={scene} filter={filter} place={place} found={found} wrong={wrong} />,
    );
  });

  app.get("/orders.csv", async (c) => {
    const filter = readOrderFilter(new URL(c.req.url).searchParams);
    const { language, now } = await adminSceneOf(c, stage);
    const rows = deps.exportOrders(filter, language);
    return csvResponse(c, `orders-${koreanDayOf(now.toISOString())}.csv`, rows);
  });
  return app;
}
