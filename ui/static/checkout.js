// Opens Toss's payment window for the order on this page. The form's data attributes have all values. The server
// confirms the amount that it stored, not the one sent from here.
import { ANONYMOUS, clearTossPayments, loadTossPayments } from "./toss-loader.js";

const loadMsMax = 5_000;
const easyPays = new Set(["TOSSPAY", "NAVERPAY", "KAKAOPAY"]);
const canceled = new Set(["USER_CANCEL", "PAY_PROCESS_CANCELED"]);
let opening = false;
let failedLoads = 0;

/** Loaded only by shops with a key of Toss's widget. */
const loadWidget = () => import("./checkout_widget.js");
/** @param {HTMLFormElement} form */
const widgetIn = (form) => /** @type {HTMLElement | null} */ (form.querySelector("#toss-widget"));

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.id !== "pay") return;
  event.preventDefault();
  void open(form);
});

// The redirect after ordering has open=1. Removing it means that a reload or going back does not open the window again.
const address = new URL(location.href);
if (address.searchParams.has("open")) {
  address.searchParams.delete("open");
  history.replaceState(history.state, "", address);
  const form = document.getElementById("pay");
  // with the widget, the shopper must see the methods and terms first
  if (form instanceof HTMLFormElement && !widgetIn(form)) void open(form);
}

// Draws the widget also in a form that is swapped in later.
async function drawNew() {
  const form = document.getElementById("pay");
  if (!(form instanceof HTMLFormElement)) return;
  const place = widgetIn(form);
  if (place === null || place.dataset.state !== undefined) return;
  try {
    const { drawWidget } = await loadWidget();
    await drawWidget(form, load);
  } catch (error) {
    show(form, explain(form.dataset, error));
    if (error.code === "SDK_MISSING") relabel(form, form.dataset.sdkRetry);
  }
}
void drawNew();
document.addEventListener("htmx:after:swap", () => void drawNew());

// The back-forward cache restores this page with a disabled form, so it is enabled again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  opening = false;
  const form = document.getElementById("pay");
  if (form instanceof HTMLFormElement) busy(form, false);
});

/** @param {HTMLFormElement} form */
async function open(form) {
  if (opening) return;
  opening = true;
  busy(form, true);
  show(form, "");
  try {
    if (widgetIn(form)) {
      const { payByWidget } = await loadWidget();
      await payByWidget(form, load, widgetRequest(form));
    } else {
      const toss = await load(form.dataset);
      show(form, form.dataset.opened, "calm");
      await toss.payment({ customerKey: ANONYMOUS }).requestPayment(request(form));
    }
  } catch (error) {
    if (canceled.has(error.code)) showCanceled(form);
    else show(form, explain(form.dataset, error));
    if (error.code === "SDK_MISSING") relabel(form, form.dataset.sdkRetry);
  } finally {
    opening = false;
    busy(form, false);
  }
}

/** @param {DOMStringMap} data */
async function load(data) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new SdkMissing()), loadMsMax);
  });
  try {
    const src = new URL(data.sdkUrl);
    // For the same URL the browser would wait for the earlier request, which hangs.
    if (failedLoads > 0) src.searchParams.set("retry", String(failedLoads));
    const loading = loadTossPayments(data.clientKey, { src: src.href });
    return await Promise.race([loading, late]);
  } catch (error) {
    if (error.code && error.code !== "SDK_MISSING") throw error;
    failedLoads += 1;
    clearTossPayments();
    throw new SdkMissing();
  } finally {
    clearTimeout(timer);
  }
}

class SdkMissing extends Error {
  code = "SDK_MISSING";
}

/** @param {HTMLFormElement} form */
function request(form) {
  const { dataset } = form;
  const chosen = /** @type {string} */ (new FormData(form).get("method"));
  return {
    ...methodOptions(chosen, dataset),
    amount: { currency: "KRW", value: Number(dataset.amount) },
    ...orderRequest(dataset),
  };
}

/** @param {HTMLFormElement} form */
function widgetRequest({ dataset }) {
  const options = escrowOptions(dataset);
  return { ...orderRequest(dataset), transfer: options, virtualAccount: options };
}

/** @param {DOMStringMap} dataset */
function orderRequest(dataset) {
  return {
    // an undefined value is omitted
    taxFreeAmount: dataset.taxFree === undefined ? undefined : Number(dataset.taxFree),
    orderId: dataset.orderId,
    orderName: dataset.orderName,
    // for Toss's merchant console
    metadata: { orderNumber: dataset.orderNumber },
    successUrl: dataset.successUrl,
    failUrl: dataset.failUrl,
    customerName: dataset.customerName,
    customerEmail: dataset.customerEmail,
  };
}

/** @param {string} chosen @param {DOMStringMap} dataset */
function methodOptions(chosen, dataset) {
  // Toss supports a language for card windows only; the others are Korean.
  const language = document.documentElement.lang === "en" ? "EN" : "KO";
  if (easyPays.has(chosen)) {
    const card = { flowMode: "DIRECT", easyPay: chosen, language };
    return { method: "CARD", card };
  }
  if (chosen === "VIRTUAL_ACCOUNT") {
    return { method: chosen, virtualAccount: { validHours: 24, ...escrowOptions(dataset) } };
  }
  if (chosen === "TRANSFER") return { method: chosen, transfer: escrowOptions(dataset) };
  return chosen === "CARD"
    ? { method: chosen, card: { flowMode: "DEFAULT", language } }
    : { method: chosen };
}

/**
 * Without `useEscrow` the shopper decides in Toss's window. Toss needs the goods in both cases.
 * @param {DOMStringMap} dataset
 */
function escrowOptions({ escrow, goods }) {
  if (escrow === undefined) return {};
  const escrowProducts = JSON.parse(goods ?? "[]");
  return escrow === "required" ? { useEscrow: true, escrowProducts } : { escrowProducts };
}

/** @param {DOMStringMap} data @param {{code?: string, message?: string}} error */
function explain(data, error) {
  switch (error.code) {
    case "INVALID_METHOD_TRANSACTION":
      return data.alreadyOpen;
    case "SDK_MISSING":
      return data.sdkMissing;
    // Toss's message says what the shopper must still choose in the widget
    case "NOT_SELECTED_PAYMENT_METHOD":
    case "NEED_AGREEMENT_WITH_REQUIRED_TERMS":
    case "NEED_CARD_PAYMENT_DETAIL":
    case "NEED_REFUND_ACCOUNT_DETAIL":
      return error.message;
    default:
      return [data.failed, error.message].filter(Boolean).join(" ");
  }
}

/**
 * Replaces the verdict of an order that waits for payment; the verdict after a decline stays.
 * @param {HTMLFormElement} form
 */
function showCanceled(form) {
  show(form, "");
  const [lead, rest] = document.querySelectorAll(".verdict.plain :is(.lead, .rest)");
  if (lead) lead.textContent = form.dataset.cancelLead ?? "";
  if (rest) rest.textContent = form.dataset.cancelRest ?? "";
}

/** @param {HTMLFormElement} form @param {boolean} on */
function busy(form, on) {
  form.classList.toggle("busy-form", on);
  for (const button of form.querySelectorAll("button")) button.disabled = on;
}

/** @param {HTMLFormElement} form @param {string | undefined} text @param {"warn" | "calm"} tone */
function show(form, text, tone = "warn") {
  const message = /** @type {HTMLElement} */ (form.querySelector("#pay-message"));
  message.hidden = !text;
  message.textContent = text ?? "";
  message.classList.toggle("warn", tone === "warn");
}

/** @param {HTMLFormElement} form @param {string | undefined} text */
function relabel(form, text) {
  const label = form.querySelector("#pay-label");
  if (label && text) label.textContent = text;
}
