import { AppError, emailAddressOf, storableTextOf } from "@payflow/shared";
import { cartIn, type Cart } from "./cart.ts";
import { isWidgetKey } from "./contract.ts";
import type { PaymentMethod, PlaceOrderInput, Quote, UiDeps } from "./contract.ts";
import type { TypedFields } from "./typed_fields.ts";
import type { Language } from "./language.ts";
import type { Messages } from "./messages/ko.ts";
import { wonText } from "./money_text.ts";

/** The checkout form as the shopper typed it, so that an error can show it again unchanged. */
export type CheckoutForm = TypedFields & {
  readonly quantities: Cart;
  /** The total on the page; when the price has changed, the form is shown again instead of ordering. */
  readonly shownAmount: string;
  readonly idempotencyKey: string;
};

/** Messages by field; `quantity.{productId}` for one line, `form` for errors of no single field. */
export type FieldErrors = Readonly<Record<string, string>>;

export type CheckedForm =
  | {
      readonly command: Omit<PlaceOrderInput, "viewer" | "language">;
      readonly method: PaymentMethod;
    }
  | { readonly errors: FieldErrors };

const fieldLengthMax = 400;
/** Toss's limit, and so the API's, in characters, for a name and for an e-mail address. */
export const customerTextMax = 100;

/** The API's limit of lines per order. */
const linesMax = 50;

/**
 * Takes the quantities of a link (`/?quantity.keycaps=2`), else the browser's cart, else one piece when the shop has
 * only one product.
 */
export function newForm(
  deps: UiDeps,
  from: {
    readonly link: Cart;
    readonly cart: Cart | undefined;
    readonly typed: TypedFields | undefined;
  },
): CheckoutForm {
  // a link may set valid quantities only; the page shows no other text from it
  const linked = Object.fromEntries(
    Object.entries(from.link).filter(([, typed]) => quantityOf(typed) !== undefined),
  );
  const [only, ...others] = deps.listProducts();
  const given = Object.keys(linked).length > 0 ? linked : from.cart;
  return {
    quantities: given ?? (only && others.length === 0 ? { [only.productId]: "1" } : {}),
    customerName: "",
    customerEmail: "",
    method: deps.paymentMethods[0] ?? "",
    consent: false,
    shownAmount: "",
    idempotencyKey: crypto.randomUUID(),
    ...from.typed,
  };
}

export function readForm(body: Record<string, unknown>): CheckoutForm {
  const text = (name: string) => {
    const value = body[name];
    return typeof value === "string" ? value.slice(0, fieldLengthMax) : "";
  };
  return {
    quantities: cartIn(body),
    customerName: text("customerName"),
    customerEmail: text("customerEmail"),
    method: text("method"),
    consent: text("consent") !== "",
    shownAmount: text("shownAmount"),
    idempotencyKey: text("idempotencyKey"),
  };
}

/** Why a line is not in the total: not sold any more, an invalid quantity, too many products. */
export type LeftOut = {
  readonly reason: "notSold" | "quantity" | "tooMany";
  /** Undefined for a product that the shop never had. */
  readonly name: string | undefined;
};

/** The price of the form's valid lines, and the lines that are not in it. */
export type FormQuote = {
  /** Undefined while no valid line is chosen. */
  readonly quote: Quote | undefined;
  readonly leftOut: readonly LeftOut[];
};

export function quoteForm(form: CheckoutForm, deps: UiDeps): FormQuote {
  const { items, leftOut } = linesOf(form, deps);
  if (items.length === 0) return { quote: undefined, leftOut };
  return { quote: deps.quote(items), leftOut };
}

export function checkForm(
  form: CheckoutForm,
  deps: UiDeps,
  { t, language }: { t: Messages; language: Language },
): CheckedForm {
  const errors: Record<string, string> = {};
  for (const [productId, typed] of Object.entries(form.quantities)) {
    if (quantityOf(typed) === undefined) errors[`quantity.${productId}`] = t.fieldErrors.quantity;
  }
  const { items, leftOut } = linesOf(form, deps);
  const has = (reason: LeftOut["reason"]) => leftOut.some((line) => line.reason === reason);
  if (has("notSold")) errors["form"] = t.fieldErrors.unknownProduct;
  if (has("tooMany")) errors["items"] = t.fieldErrors.tooManyProducts(linesMax);
  else if (items.length === 0 && !has("quantity")) errors["items"] = t.fieldErrors.items;
  const customerName = storableTextOf(form.customerName, customerTextMax);
  if (customerName === undefined) errors["customerName"] = t.fieldErrors.name;
  const customerEmail = emailAddressOf(form.customerEmail);
  if (customerEmail === undefined) errors["customerEmail"] = t.fieldErrors.email;
  // with a widget key, the shopper chooses the method on the order's page
  const isWidget = isWidgetKey(deps.toss.clientKey);
  const method = deps.paymentMethods.find((offered) => isWidget || offered === form.method);
  if (!method) errors["method"] = t.fieldErrors.method;
  if (!form.consent) errors["consent"] = t.fieldErrors.consent;
  if (customerName === undefined || customerEmail === undefined || !method) return { errors };
  if (Object.keys(errors).length > 0) return { errors };

  const { quote } = quoteForm(form, deps);
  if (quote && form.shownAmount !== String(quote.amount)) {
    const amount = wonText(quote.amount, language);
    return { errors: { form: t.fieldErrors.priceChanged(amount) } };
  }
  return {
    method,
    command: {
      items,
      customerName,
      customerEmail,
      idempotencyKey: form.idempotencyKey || crypto.randomUUID(),
    },
  };
}

/** Errors of a refused order, by field; undefined when the page cannot show this refusal beside a field. */
export function refusalErrors(refusal: AppError, t: Messages): FieldErrors | undefined {
  const { fieldErrors } = t;
  switch (refusal.code) {
    case "unknown_product":
      return { form: fieldErrors.unknownProduct };
    case "idempotency_key_reused":
      return { form: fieldErrors.keyReused };
    case "rate_limited":
      return { form: fieldErrors.rateLimited };
    case "invalid_request":
      return invalidFields(refusal, t);
    default:
      return refusal.kind === "unavailable" ? { form: fieldErrors.unavailable } : undefined;
  }
}

function invalidFields(error: AppError, t: Messages): FieldErrors {
  const errors: Record<string, string> = {};
  for (const { path } of error.details.errors ?? []) {
    if (path.startsWith("items")) errors["items"] = t.fieldErrors.items;
    else if (path === "customerName") errors[path] = t.fieldErrors.name;
    else if (path === "customerEmail") errors[path] = t.fieldErrors.email;
    else errors["form"] = t.fieldErrors.summary;
  }
  return Object.keys(errors).length > 0 ? errors : { form: t.fieldErrors.summary };
}

function linesOf(form: CheckoutForm, deps: UiDeps) {
  const sold = new Map(deps.listProducts().map(({ productId, name }) => [productId, name]));
  const items: { productId: string; quantity: number }[] = [];
  const leftOut: LeftOut[] = [];
  for (const [productId, typed] of Object.entries(form.quantities)) {
    const quantity = quantityOf(typed);
    if (quantity === 0) continue;
    const name = sold.get(productId);
    if (name === undefined) leftOut.push({ reason: "notSold", name: deps.formerName(productId) });
    else if (quantity === undefined) leftOut.push({ reason: "quantity", name });
    else if (items.length === linesMax) leftOut.push({ reason: "tooMany", name });
    else items.push({ productId, quantity });
  }
  return { items, leftOut };
}

/** 0–99; an empty field means 0; undefined for anything else. */
function quantityOf(typed: string): number | undefined {
  const digits = typed.trim();
  if (digits === "") return 0;
  return /^\d{1,2}$/.test(digits) ? Number(digits) : undefined;
}
