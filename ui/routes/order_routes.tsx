import type { AppError } from "@payflow/shared";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { OrderPage } from "../contract.ts";
import { OrderView } from "../fragments/order_view.tsx";
import {
  type Notice,
  type OrderScreen,
  type ScreenOptions,
  orderScreen,
  withDetails,
} from "../order_screen.ts";
import { changesSoon, isFinal, isPayable } from "../order_state.ts";
import { OrderPageView } from "../pages/order_page.tsx";
import { OrdersPage } from "../pages/orders_page.tsx";
import { notFoundPage } from "../pages/error_page.tsx";
import { refusalOf } from "../refusal.ts";
import { renderFragment, renderPage } from "../render.tsx";
import {
  openParameter,
  type Scene,
  sceneOf,
  type Stage,
  type UiContext,
  type UiEnv,
} from "../scene.ts";
import { takeToken } from "./take_token.ts";

/** Below ten seconds, after which servers and proxies commonly close an idle connection. */
const beatMs = 8_000;
/** Frees the streams of browsers that vanished; others reconnect by themselves. */
const streamLifeMs = 15 * 60_000;

export function orderRoutes(stage: Stage): Hono<UiEnv> {
  const { deps } = stage;
  const app = new Hono<UiEnv>();

  app.get("/orders", async (c) => {
    const scene = sceneOf(c, stage);
    const orders = await deps.listOrders(c.var.viewer);
    return renderPage(
      c,
      scene,
      { title: scene.t.orders.title, current: "orders" },
      <OrdersPage scene={scene} orders={orders} />,
    );
  });

  app.get("/orders/:orderId", async (c) => {
    const orderId = c.req.param("orderId");
    const clean = takeToken(c, deps, orderId);
    if (clean) return clean;
    const order = await deps.findOrder(orderId);
    const scene = sceneOf(c, stage);
    if (!order) return notFoundPage(c, scene, "order");
    const { method, [openParameter]: open } = c.req.query();
    const screen = screenFor(c, scene, order, { method, opens: open !== undefined });
    return showOrder(c, scene, screen);
  });

  app.get("/orders/:orderId/status", async (c) => {
    const order = await deps.findOrder(c.req.param("orderId"));
    if (!order) return c.body(null, 404);
    const scene = sceneOf(c, stage);
    const screen = screenFor(c, scene, order);
    if (screen.seen === c.req.query("seen")) return c.body(null, 204);
    const complete = await withDetails(screen, deps);
    return renderFragment(c, <OrderView scene={scene} screen={complete} />);
  });

  app.get("/orders/:orderId/events", async (c) => {
    const order = await deps.findOrder(c.req.param("orderId"));
    if (!order) return c.body(null, 404);
    return streamOrder(c, sceneOf(c, stage), order.orderId);
  });

  app.post("/orders/:orderId/cancel", async (c) => {
    const scene = sceneOf(c, stage);
    const order = await deps.findOrder(c.req.param("orderId"));
    if (!order || !c.var.viewer.owns(order)) return notFoundPage(c, scene, "order");
    try {
      await deps.cancelOrder(order.orderId);
      return c.redirect(`/orders/${order.orderId}`, 303);
    } catch (error) {
      const refusal = refusalOf(c, deps, error);
      const notice = refusal && cancelNotice(refusal);
      if (!notice) throw error;
      const now = (await deps.findOrder(order.orderId)) ?? order;
      return showOrder(c, scene, screenFor(c, scene, now, { notice }));
    }
  });
  return app;
}

export async function showOrder(c: UiContext, scene: Scene, screen: OrderScreen) {
  const { state } = screen;
  return renderPage(
    c,
    scene,
    {
      title: scene.t.states[state].badge,
      scripts: ["live.js", "checkout.js"],
      opensWindow: screen.owned && state !== "confirming" && isPayable(state),
      refreshSeconds: state !== "confirming" && changesSoon(state) ? 5 : undefined,
    },
    <OrderPageView scene={scene} screen={await withDetails(screen, scene.deps)} />,
  );
}

export function screenFor(
  c: UiContext,
  { deps }: Scene,
  order: OrderPage,
  options: Omit<ScreenOptions, "owned" | "placedHere" | "now"> = {},
): OrderScreen {
  const owned = c.var.viewer.sees(order);
  const placedHere = c.var.viewer.owns(order);
  const known = { ...options, owned, placedHere };
  return orderScreen(order, { ...known, now: new Date(deps.now()) });
}

function cancelNotice(error: AppError): Notice | undefined {
  if (error.code === "order_not_cancelable") return "cannotCancel";
  return error.kind === "unavailable" || error.kind === "too_many" ? "cancelLater" : undefined;
}

/**
 * Sends the order's view whenever it differs from the browser's. `beat` keeps the connection open, `end` means that the
 * order is final, `full` that other requests need the connection: the page then polls.
 */
function streamOrder(c: UiContext, scene: Scene, orderId: string): Response {
  c.header("x-accel-buffering", "no");
  const response = streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    const beat = () => stream.writeSSE({ event: "beat", data: "" }).catch(() => gone.abort());
    const beats = setInterval(() => void beat(), beatMs);
    const life = setTimeout(() => gone.abort(), streamLifeMs);
    let closing: ReturnType<typeof setTimeout> | undefined;
    let seen = c.req.header("last-event-id") ?? c.req.query("seen");
    const show = async (order: OrderPage) => {
      const screen = screenFor(c, scene, order);
      if (screen.seen === seen) return screen;
      seen = screen.seen;
      const complete = await withDetails(screen, scene.deps);
      const data = <OrderView scene={scene} screen={complete} />;
      await stream.writeSSE({ id: seen, data });
      return screen;
    };
    // No event reports the payment deadline, so a timer shows the change.
    const showClosing = (order: OrderPage) => {
      const leftMs = Date.parse(order.expiresAt) - Date.parse(scene.deps.now());
      if (leftMs <= 0 || leftMs >= streamLifeMs) return;
      closing = setTimeout(() => {
        void show(order).catch(() => gone.abort());
        showClosing(order);
      }, leftMs + 1);
    };
    try {
      // Until the first byte comes, the browser holds one of its six connections per host.
      await beat();
      let isOver = false;
      const { viewer } = c.var;
      const changes = scene.deps.watchOrder(orderId, viewer, gone.signal);
      for await (const order of changes) {
        clearTimeout(closing);
        const { state } = await show(order);
        showClosing(order);
        isOver = state !== "confirming" && isFinal(state);
        if (isOver) break;
      }
      if (!gone.signal.aborted) await stream.writeSSE({ event: isOver ? "end" : "full", data: "" });
    } finally {
      clearInterval(beats);
      clearTimeout(life);
      clearTimeout(closing);
      gone.abort();
    }
  });
  // set last, because streamSSE sets this header itself
  response.headers.set("cache-control", "private, no-store, no-transform");
  return response;
}
