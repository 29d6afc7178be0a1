// Toss's payment widget, for shops with a widget key. Toss draws the methods and its terms into the page's form; the
// form's button requests the payment with the choice made there.
import { ANONYMOUS } from "./toss-loader.js";

/** By the element they are drawn into: a new element after a swap needs a new widget. */
const drawn = new WeakMap();

/** @param {HTMLFormElement} form */
const placeIn = (form) => /** @type {HTMLElement | null} */ (form.querySelector("#toss-widget"));

/** @param {HTMLFormElement} form */
const amountOf = ({ dataset }) => ({ currency: "KRW", value: Number(dataset.amount) });

/**
 * Draws the methods and the terms. Rejects when Toss is unreachable; the next call tries again.
 * @param {HTMLFormElement} form @param {(data: DOMStringMap) => Promise<any>} load
 */
export async function drawWidget(form, load) {
  const place = placeIn(form);
  if (place === null || place.dataset.state === "drawing") return;
  place.dataset.state = "drawing";
  try {
    const toss = await load(form.dataset);
    const widgets = toss.widgets({ customerKey: ANONYMOUS });
    // Toss refuses to draw before an amount is set
    await widgets.setAmount(amountOf(form));
    await Promise.all([
      widgets.renderPaymentMethods({ selector: "#toss-methods", variantKey: "DEFAULT" }),
      widgets.renderAgreement({ selector: "#toss-agreement", variantKey: "AGREEMENT" }),
    ]);
    drawn.set(place, { widgets, amount: form.dataset.amount });
    place.dataset.state = "drawn";
  } catch (error) {
    place.dataset.state = "failed";
    for (const part of place.children) part.replaceChildren();
    throw error;
  }
}

/**
 * Requests the payment; when the widget is not drawn yet, only draws it, so that the shopper can choose.
 * @param {HTMLFormElement} form @param {(data: DOMStringMap) => Promise<any>} load @param {object} request
 */
export async function payByWidget(form, load, request) {
  const of = drawn.get(placeIn(form) ?? form);
  if (of === undefined) return await drawWidget(form, load);
  if (of.amount !== form.dataset.amount) {
    await of.widgets.setAmount(amountOf(form));
    of.amount = form.dataset.amount;
  }
  return await of.widgets.requestPayment(request);
}
