import { Hono } from "hono";
import { isOrderId, isPaymentKey } from "@payflow/shared";
import { emptyCart } from "../cart.ts";
import { knownReason } from "../messages/decline_reasons.ts";
import { ConfirmForm, type Return } from "../fragments/confirm_form.tsx";
import { OrderView } from "../fragments/order_view.tsx";
import { type OrderScreen, withDetails } from "../order_screen.ts";
import { isDone, wasReturned } from "../order_state.ts";
import { OrderPageView } from "../pages/order_page.tsx";
import { badReturnPage, notFoundPage } from "../pages/error_page.tsx";
import { renderFragment, renderPage } from "../render.tsx";
import {
  type Scene,
  sceneOf,
  type Stage,
  type UiContext,
  type UiEnv,
  wantsFragment,
} from "../scene.ts";
import { confirm, pollDelay } from "./confirm_outcome.ts";
import { screenFor, showOrder } from "./order_routes.tsx";
import { takeToken } from "./take_token.ts";

/** The pages to which Toss's window redirects the shopper. A GET moves no money; the POST does. */
export function returnRoutes(stage: Stage): Hono<UiEnv> {
  const { deps } = stage;
  const app = new Hono<UiEnv>();

  app.get("/success", async (c) => {
    const scene = sceneOf(c, stage);
    const back = readReturn(c.req.query());
    if (!back) return badReturnPage(c, scene);
    const clean = takeToken(c, deps, back.orderId);
    if (clean) return clean;
    const order = await deps.findOrder(back.orderId);
    if (!order) return notFoundPage(c, scene, "order");
    const screen = screenFor(c, scene, order, { state: "confirming" });
    return showConfirming(c, scene, { screen, form: { back, sent: 0, delaySeconds: 0 } });
  });

  app.post("/success", async (c) => {
    const scene = sceneOf(c, stage);
    const body = await c.req.parseBody();
    const back = readReturn(body);
    if (!back) return badReturnPage(c, scene);
    const order = await deps.findOrder(back.orderId);
    if (!order) return notFoundPage(c, scene, "order");
    const sent = Math.min(Number(body["sent"]) || 0, 1_000);
    const outcome = await confirm(c, order, { back, deps });
    const { news, failure, state } = outcome;
    const screen = screenFor(c, scene, outcome.order ?? order, { news, failure, state });
    const { payment } = screen.order;
    if (payment?.status === "DONE" || payment?.status === "WAITING_FOR_DEPOSIT")
      emptyCart(c, order.items);
    if (!outcome.retry) return showEnd(c, scene, screen);
    const delaySeconds = outcome.retryAfterSeconds ?? pollDelay(sent);
    return showConfirming(c, scene, { screen, form: { back, sent: sent + 1, delaySeconds } });
  });

  app.get("/fail", async (c) => {
    const scene = sceneOf(c, stage);
    const orderId = c.req.query("order") ?? c.req.query("orderId") ?? "";
    const clean = takeToken(c, deps, orderId);
    if (clean) return clean;
    const order = orderId ? await deps.findOrder(orderId) : undefined;
    if (!order) return notFoundPage(c, scene, "order");
    const code = c.req.query("code") ?? "";
    const cancelled = code === "PAY_PROCESS_CANCELED" || code === "USER_CANCEL";
    // Anyone can make up this address: its code selects one of our texts, and its message is never shown.
    return showOrder(
      c,
      scene,
      screenFor(
        c,
        scene,
        order,
        cancelled ? { news: "userCancel" } : { failure: { code: knownReason(code), message: "" } },
      ),
    );
  });
  return app;
}

/** The outcome is known: redirects to the order's page, or shows it in place of this one. */
async function showEnd(c: UiContext, scene: Scene, screen: OrderScreen) {
  const returnTo = returnOf(screen);
  if (returnTo !== undefined && wantsFragment(c)) {
    c.header("hx-redirect", returnTo);
    return renderFragment(c, <div id="confirm"></div>);
  }
  if (returnTo !== undefined) return c.redirect(returnTo, 303);
  if (wantsFragment(c)) {
    const complete = await withDetails(screen, scene.deps);
    return renderFragment(
      c,
      <>
        <div id="confirm" class="confirm"></div>
        <LivePartial scene={scene} screen={complete} />
      </>,
    );
  }
  const isNews = screen.news !== undefined || screen.state === "declined";
  return isNews ? showOrder(c, scene, screen) : c.redirect(`/orders/${screen.order.orderId}`, 303);
}

/** The integrator's URL to redirect to now; undefined while this page must show something. */
function returnOf({ order, owned, state, news }: OrderScreen): string | undefined {
  if (!owned || news !== undefined || state === "confirming") return undefined;
  const moneyCame = order.payment?.refunding || wasReturned(order);
  const isOver = state === "canceled" || state === "expired";
  // the URL names the order's status, which must not be older than the result shown here
  const isKnown = isDone(state) && order.status !== "PENDING";
  return isKnown && !(isOver && moneyCame) ? order.returnTo : undefined;
}

type Confirming = {
  readonly screen: OrderScreen;
  readonly form: { back: Return; sent: number; delaySeconds: number };
};

async function showConfirming(c: UiContext, scene: Scene, { screen: bare, form }: Confirming) {
  const screen = await withDetails(bare, scene.deps);
  if (wantsFragment(c)) {
    return renderFragment(
      c,
      <>
        <ConfirmForm scene={scene} {...form} />
        <LivePartial scene={scene} screen={screen} />
      </>,
    );
  }
  return renderPage(
    c,
    scene,
    {
      title: scene.t.states.confirming.badge,
      scripts: ["live.js", "checkout.js"],
      formLeadsTo: screen.order.returnTo,
    },
    <OrderPageView scene={scene} screen={screen}>
      <ConfirmForm scene={scene} {...form} />
    </OrderPageView>,
  );
}

const LivePartial = ({ scene, screen }: { scene: Scene; screen: OrderScreen }) => (
  <hx-partial hx-target="#live" hx-swap="innerMorph">
    <OrderView scene={scene} screen={screen} />
  </hx-partial>
);

/** Toss's parameters, in any order; others are ignored. */
function readReturn(fields: Record<string, unknown>): Return | undefined {
  const { paymentKey, orderId, amount } = fields;
  if (typeof paymentKey !== "string" || typeof orderId !== "string" || typeof amount !== "string")
    return undefined;
  const plausible = isPaymentKey(paymentKey) && isOrderId(orderId) && /^\d{1,15}$/.test(amount);
  return plausible ? { paymentKey, orderId, amount } : undefined;
}
