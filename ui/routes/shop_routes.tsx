import type { AppError } from "@payflow/shared";
import { Hono } from "hono";
import { productImage } from "../assets.ts";
import { type Cart, cartIn, keepCart, readCart } from "../cart.ts";
import {
  checkForm,
  newForm,
  quoteForm,
  readForm,
  refusalErrors,
  type CheckoutForm,
  type FieldErrors,
} from "../checkout_form.ts";
import { QuoteSummary } from "../fragments/quote_summary.tsx";
import { wonText } from "../money_text.ts";
import type { Sharing } from "../pages/layout.tsx";
import { CheckoutFormView, ShopPage } from "../pages/shop_page.tsx";
import { productText, shopText } from "../shop_text.ts";
import { refusalOf, retryAfter } from "../refusal.ts";
import { forgetTyped, keepTyped, readTyped } from "../typed_fields.ts";
import { renderFragment, renderPage } from "../render.tsx";
import {
  type Scene,
  sceneOf,
  type Stage,
  type UiContext,
  type UiEnv,
  wantsFragment,
} from "../scene.ts";

/** Products and checkout: `/`, `/quote` and the checkout form. */
export function shopRoutes(stage: Stage): Hono<UiEnv> {
  const { deps } = stage;
  const app = new Hono<UiEnv>();

  const secure = deps.publicUrl.startsWith("https:");

  app.get("/", (c) => {
    const link = cartIn(c.req.query());
    const form = newForm(deps, { link, cart: readCart(c), typed: readTyped(c) });
    // a link's quantities become the cart
    if (Object.keys(link).length > 0) keepCart(c, form.quantities, secure);
    return showShop(c, stage, { form, link });
  });

  app.get("/quote", (c) => {
    const form = readForm(c.req.query());
    if (wantsFragment(c)) keepCart(c, form.quantities, secure);
    const quoted = quoteForm(form, deps);
    return renderFragment(c, <QuoteSummary scene={sceneOf(c, stage)} quoted={quoted} />);
  });

  app.post("/orders", async (c) => {
    const scene = sceneOf(c, stage);
    const body = await c.req.parseBody();
    const form = readForm(body);
    keepCart(c, form.quantities, secure);
    if (body["intent"] === "quote") {
      keepTyped(c, form, secure);
      return c.redirect("/", 303);
    }
    const checked = checkForm(form, deps, scene);
    if ("errors" in checked) return showFaults(c, stage, { form, errors: checked.errors });
    try {
      const { language } = scene;
      const { viewer } = c.var;
      const order = await deps.placeOrder({ ...checked.command, language, viewer });
      forgetTyped(c);
      return toPayment(c, `/orders/${order.orderId}?method=${checked.method}`);
    } catch (error) {
      const refusal = refusalOf(c, deps, error);
      const errors = refusal && refusalErrors(refusal, scene.t);
      if (!errors) throw error;
      // A new key only when the old one belongs to another order. After other refusals the form keeps its key, so that
      // a second click never places a second order.
      const again =
        refusal.code === "idempotency_key_reused"
          ? { ...form, idempotencyKey: crypto.randomUUID() }
          : form;
      retryAfter(c, refusal);
      return showFaults(c, stage, { form: again, errors, kind: refusal.kind });
    }
  });
  return app;
}

/** With `open`, the order's page opens Toss's window once, and removes the parameter from its address. */
function toPayment(c: UiContext, address: string): Response {
  if (!wantsFragment(c)) return c.redirect(address, 303);
  c.header("HX-Redirect", `${address}&open=1`);
  return c.body(null, 200);
}

/** The shop's scene. The language switch returns to `/` without the query, because the cookie has the cart. */
function shopScene(c: UiContext, stage: Stage): Scene {
  return { ...sceneOf(c, stage), here: "/" };
}

/** The preview of a link with one product is that product's. */
function sharingOf(scene: Scene, quantities: CheckoutForm["quantities"] | undefined): Sharing {
  const { deps, assets } = scene;
  const shop = shopText(scene);
  const products = deps.listProducts();
  const chosen = products.filter(({ productId }) => quantities?.[productId] !== undefined);
  const [one] = chosen.length === 1 ? chosen : [];
  const shown = one ?? products[0];
  const imageUrl = deps.publicUrl + productImage(assets, shown?.productId ?? "", ["png", "jpg"]);
  if (!one) return { description: shop.description, imageUrl, url: `${deps.publicUrl}/` };
  const { name, description } = productText(scene, one);
  const price = wonText(one.unitPrice, scene.language);
  return {
    title: `${name} · ${shop.name}`,
    description: description === undefined ? price : `${price} · ${description}`,
    imageUrl,
    url: `${deps.publicUrl}/?quantity.${one.productId}=1`,
    price: one.unitPrice,
  };
}

function showShop(c: UiContext, stage: Stage, { form, link }: { form: CheckoutForm; link: Cart }) {
  const scene = shopScene(c, stage);
  // starts the session before the first order, so that two clicks on "pay" have the same session
  c.var.viewer.beginSession();
  return renderPage(
    c,
    scene,
    {
      title: scene.t.shop.checkout,
      current: "shop",
      scripts: ["shop.js"],
      sharing: sharingOf(scene, link),
    },
    <ShopPage scene={scene} form={form} />,
  );
}

function showFaults(
  c: UiContext,
  stage: Stage,
  {
    form,
    errors,
    kind = "invalid",
  }: { form: CheckoutForm; errors: FieldErrors; kind?: AppError["kind"] },
) {
  const scene = shopScene(c, stage);
  const isFragment = wantsFragment(c);
  // htmx does not swap a response with status 5xx into the page
  const away = isFragment ? 422 : 503;
  const status = kind === "unavailable" ? away : kind === "too_many" ? 429 : 422;
  if (isFragment)
    return renderFragment(
      c,
      <CheckoutFormView scene={scene} form={form} errors={errors} />,
      status,
    );
  return renderPage(
    c,
    scene,
    { title: scene.t.shop.checkout, current: "shop", scripts: ["shop.js"], status },
    <ShopPage scene={scene} form={form} errors={errors} />,
  );
}
