import {
  type CheckoutForm,
  customerTextMax,
  type FieldErrors,
  quoteForm,
} from "../checkout_form.ts";
import { isWidgetKey } from "../contract.ts";
import { Field, FieldError, describedBy } from "../fragments/field.tsx";
import { Icon } from "../fragments/icon.tsx";
import { MethodChoice } from "../fragments/method_choice.tsx";
import { ProductCard } from "../fragments/product_card.tsx";
import { QuoteSummary } from "../fragments/quote_summary.tsx";
import { fragmentUrl, type Scene } from "../scene.ts";
import { shopText } from "../shop_text.ts";

type ShopPageProps = {
  readonly scene: Scene;
  readonly form: CheckoutForm;
  readonly errors?: FieldErrors;
};

/** Scripts of the order's page, which comes next. */
const nextModules = ["live.js", "checkout.js", "toss-loader.js"];

/** Products and checkout on one page. */
export const ShopPage = (props: ShopPageProps) => (
  <>
    <div class="intro">
      <h1>{shopText(props.scene).description}</h1>
    </div>
    <CheckoutFormView {...props} />
  </>
);

export const CheckoutFormView = ({ scene, form, errors = {} }: ShopPageProps) => {
  const { t, deps } = scene;
  const firstError = Object.keys(errors)[0];
  return (
    <form
      id="checkout"
      class="checkout"
      method="post"
      action="/orders"
      // The server validates the form and shows errors beside the fields, in the page's language.
      novalidate
      hx-post={fragmentUrl(scene, "/orders")}
      hx-swap="outerHTML show:none"
      hx-sync="this:drop"
      hx-disable="find .pay-button"
      data-sdk-url={deps.toss.sdkUrl}
      data-modules={nextModules.map((name) => scene.assets.url(name)).join(" ")}
    >
      <input type="hidden" name="idempotencyKey" value={form.idempotencyKey} autocomplete="off" />
      <div class="checkout-main">
        {firstError !== undefined && (
          <p class="notice warn" role="alert">
            <Icon name="alert" />
            <span>{errors["form"] ?? errors["items"] ?? t.fieldErrors.summary}</span>
          </p>
        )}
        <section aria-labelledby="products-title">
          <h2 id="products-title">{t.shop.products}</h2>
          <ul
            class="products"
            hx-get={fragmentUrl(scene, "/quote")}
            hx-trigger="input delay:80ms, change"
            hx-include=".stepper input"
            hx-target="#quote"
            hx-swap="outerMorph"
            hx-sync="this:replace"
          >
            {deps.listProducts().map((product) => (
              <ProductCard
                scene={scene}
                product={product}
                quantity={form.quantities[product.productId] ?? "0"}
                error={errors[`quantity.${product.productId}`]}
              />
            ))}
          </ul>
          <FieldError field="items" error={errors["items"]} />
          <noscript>
            <button name="intent" value="quote" formnovalidate class="secondary">
              {t.shop.updateTotal}
            </button>
          </noscript>
        </section>
        <section class="card" aria-labelledby="orderer-title">
          <h2 id="orderer-title">{t.shop.orderer}</h2>
          <Field
            name="customerName"
            label={t.shop.name}
            value={form.customerName}
            error={errors["customerName"]}
            focus={firstError === "customerName"}
            input={{ autocomplete: "name", maxlength: customerTextMax }}
          />
          <Field
            name="customerEmail"
            label={t.shop.email}
            value={form.customerEmail}
            error={errors["customerEmail"]}
            hint={t.shop.emailHint}
            focus={firstError === "customerEmail"}
            input={{
              type: "email",
              inputmode: "email",
              autocomplete: "email",
              maxlength: customerTextMax,
              spellcheck: false,
            }}
          />
        </section>
        {!isWidgetKey(scene.deps.toss.clientKey) && (
          <section class="card">
            <MethodChoice scene={scene} chosen={form.method} error={errors["method"]} />
          </section>
        )}
        <div class="consent">
          <label>
            <input
              type="checkbox"
              name="consent"
              value="yes"
              checked={form.consent}
              required
              autofocus={firstError === "consent"}
              aria-invalid={errors["consent"] ? "true" : undefined}
              aria-describedby={describedBy("consent", errors["consent"])}
            />
            <span>{t.shop.consent}</span>
          </label>
          <p class="consent-links">
            <a href={deps.shop.links.terms}>{t.footer.terms}</a>
            <a href={deps.shop.links.privacy}>{t.footer.privacy}</a>
            <a href={deps.shop.links.refunds}>{t.footer.refunds}</a>
          </p>
          <FieldError field="consent" error={errors["consent"]} />
        </div>
        <p class="safe">
          <Icon name="lock" />
          <span>{t.shop.safe}</span>
        </p>
      </div>
      <aside class="pay-bar" aria-labelledby="summary-title">
        <h2 id="summary-title">{t.shop.summary}</h2>
        <QuoteSummary scene={scene} quoted={quoteForm(form, deps)} />
      </aside>
    </form>
  );
};
