import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { emailAddressOf } from "@payflow/shared";
import { FindPage, type FindFault, type FindForm } from "../pages/find_page.tsx";
import { refusalOf, retryAfter } from "../refusal.ts";
import { renderPage } from "../render.tsx";
import { sceneOf, type Stage, type UiContext, type UiEnv } from "../scene.ts";

/** Finding an order by its number and e-mail address; the browser then has the same access as with the order's link. */
export function findRoutes(stage: Stage): Hono<UiEnv> {
  const { deps } = stage;
  const app = new Hono<UiEnv>();

  app.get("/orders/find", (c) => show(c, { form: { orderNumber: "", email: "" } }));

  app.post("/orders/find", async (c) => {
    const body = await c.req.parseBody();
    const text = (name: FindFault) => {
      const value = body[name];
      return typeof value === "string" ? value.trim().slice(0, 100) : "";
    };
    const form = { orderNumber: text("orderNumber"), email: text("email") };
    const { orderNumber } = form;
    const email = emailAddressOf(form.email);
    const faults: FindFault[] = [
      ...(orderNumber === "" ? ["orderNumber" as const] : []),
      ...(email === undefined ? ["email" as const] : []),
    ];
    if (faults.length > 0 || email === undefined) return show(c, { form, faults, status: 422 });
    try {
      const orderId = await deps.letInByEmail({ viewer: c.var.viewer, orderNumber, email });
      if (orderId !== undefined) return c.redirect(`/orders/${orderId}`, 303);
      return show(c, { form, notice: "missed", status: 404 });
    } catch (error) {
      const refusal = refusalOf(c, deps, error);
      if (refusal?.kind !== "too_many") throw error;
      retryAfter(c, refusal);
      return show(c, { form, notice: "tooMany", status: 429 });
    }
  });

  function show(
    c: UiContext,
    options: {
      readonly form: FindForm;
      readonly faults?: readonly FindFault[];
      readonly notice?: "missed" | "tooMany";
      readonly status?: ContentfulStatusCode;
    },
  ) {
    const { form, faults = [], notice, status = 200 } = options;
    const scene = sceneOf(c, stage);
    return renderPage(
      c,
      scene,
      { title: scene.t.find.title, current: "orders", status },
      <FindPage scene={scene} form={form} faults={faults} notice={notice} />,
    );
  }
  return app;
}
