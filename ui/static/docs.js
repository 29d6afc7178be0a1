// The API's page: the language of samples, copy buttons, and trial calls with a key kept in sessionStorage.
const root = document.documentElement;
const key = document.querySelector("#key");
const announcement = document.querySelector("#announcement");
const stored = (name) => sessionStorage.getItem(`docs.${name}`) ?? "";

function choose(language) {
  root.dataset.language = language;
  sessionStorage.setItem("docs.language", language);
  for (const button of document.querySelectorAll("[data-choose]"))
    button.setAttribute("aria-pressed", String(button.dataset.choose === language));
}
choose(stored("language") || "curl");

// on a desktop the list of calls is always open beside them
const contents = document.querySelector(".contents");
const wide = matchMedia("(min-width: 60rem)");
if (contents) contents.open = wide.matches;

if (key) {
  key.value = stored("key");
  key.addEventListener("input", () => sessionStorage.setItem("docs.key", key.value.trim()));
}

document.addEventListener("click", ({ target }) => {
  if (!(target instanceof HTMLElement)) return;
  const { choose: language } = target.dataset;
  if (language) choose(language);
  if (target.matches(".copy")) void copy(target);
  // on a phone the list covers the screen, so a choice closes it
  if (target.closest(".contents a")) contents.open = wide.matches;
});

async function copy(button) {
  const { textContent } = button.closest(".sample").querySelector("code");
  const isDone = await navigator.clipboard.writeText(textContent).then(
    () => true,
    () => false,
  );
  announcement.textContent = isDone ? "Copied" : "The browser does not let this page copy";
  button.textContent = isDone ? "Copied" : "Select and copy";
  button.addEventListener("blur", () => (button.textContent = "Copy"), { once: true });
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.dataset.path) void send(event.target);
});

async function send(form) {
  const button = form.querySelector(".send");
  const result = form.querySelector(".result");
  button.disabled = true;
  try {
    result.textContent = await answerOf(form);
  } catch (error) {
    result.textContent = `No response: ${error.message}`;
  }
  result.hidden = false;
  announcement.textContent = result.textContent.split("\n")[0];
  button.disabled = false;
}

/** Sends the call; returns its status, some headers and its body as text. */
async function answerOf(form) {
  const { method, path } = form.dataset;
  const headers = {};
  const query = new URLSearchParams();
  let address = path;
  for (const input of form.querySelectorAll("[data-in]")) {
    const { name, value } = input;
    if (value === "") continue;
    if (input.dataset.in === "path")
      address = address.replace(`{${name}}`, encodeURIComponent(value));
    if (input.dataset.in === "query") query.set(name, value);
    if (input.dataset.in === "header") headers[name] = value;
  }
  if (key.value.trim()) headers.Authorization = `Bearer ${key.value.trim()}`;
  const body = form.elements.body?.value;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const search = query.size > 0 ? `?${query}` : "";
  const begun = performance.now();
  const signal = AbortSignal.timeout(60_000);
  const response = await fetch(address + search, { method, headers, body, signal });
  const text = await response.text();
  const took = Math.round(performance.now() - begun);
  const shown = ["Location", "Retry-After", "Idempotent-Replayed", "X-Request-Id"]
    .filter((name) => response.headers.has(name))
    .map((name) => `${name}: ${response.headers.get(name)}`);
  const first = `${response.status} ${response.statusText} · ${took} ms`;
  return [first, ...shown, "", pretty(text)].join("\n");
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
