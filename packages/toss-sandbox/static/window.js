// Inside the SDK's overlay, the window posts its result to the shop's page instead of redirecting.
// Outside the overlay, this script only blocks a second submit.
"use strict";

const form = document.querySelector("form");
const { paymentKey, openerOrigin } = document.body.dataset;
const isFramed = window.parent !== window && openerOrigin !== "";

function report(outcome) {
  window.parent.postMessage({ paymentKey, ...outcome }, openerOrigin);
}

async function send(button) {
  const body = new URLSearchParams(new FormData(form, button));
  const response = await fetch(form.action, {
    method: "POST",
    headers: { accept: "application/json" },
    body,
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) return window.location.reload(); // the page shows the reason
  report(await response.json());
}

let isSent = false;
form?.addEventListener("submit", (event) => {
  if (isSent) return event.preventDefault();
  if (isFramed) {
    event.preventDefault();
    if (event.submitter?.value === "close") return report({ closed: true });
    send(event.submitter).catch(() => {
      isSent = false;
      form.removeAttribute("aria-busy");
    });
  }
  isSent = true;
  form.setAttribute("aria-busy", "true");
});

// A page from the back-forward cache must accept a submit again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) window.location.reload();
});

if (isFramed) {
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") report({ closed: true });
  });
  for (const button of document.querySelectorAll("[data-close]")) {
    button.hidden = false;
    button.addEventListener("click", () => report({ closed: true }));
  }
}
