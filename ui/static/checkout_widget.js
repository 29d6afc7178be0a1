// Toss's payment widget, where the shop's key is one of the widget's: Toss draws the methods and its terms into the
// page's form, and the form's button requests the payment by what is chosen there.
import { ANONYMOUS } from "./toss-loader.js";

/** By the place that they were drawn into: a page that changes draws a new one. */
const drawn = new WeakMap();

/** @param {HTMLFormElement} form */
const placeIn = (form) => /** @type {HTMLElement | null} */ (form.querySelector("#toss-widget"));

/** @param {HTMLFormElement} form */
const amountOf = ({ dataset }) => ({ currency: "KRW", value: Number(dataset.amount) });

/**
 * Draws the methods and the terms. Rejects when Toss can't be reached; the next call tries again.
 * @param {HTMLFormElement} form @param {(data: DOMStringMap) => Promise<any>} load
 */
export async function drawWidget(form, load) {
  const place = placeIn(form);
  if (place === null || place.dataset.state === "drawing") return;
  place.dataset.state = "drawing";
  try {
    const toss = await load(form.dataset);
    const widgets = toss.widgets({ customerKey: ANONYMOUS });
    // before anything is drawn, or Toss refuses to
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
 * Requests the payment; undefined when the widget had to be drawn first, so that the shopper can choose.
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
