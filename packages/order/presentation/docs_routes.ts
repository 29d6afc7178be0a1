import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { Hono, type Context } from "hono";
import { html } from "hono/html";
import { apiDocument } from "./api_document.ts";
import { apiRoutes } from "./api_routes.ts";
import { readErrorCodes, type ErrorCode } from "./error_codes.ts";

const swaggerUi = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const own = join(import.meta.dirname, "api_docs");

/** All that the pages load, each from this origin. */
const files = [
  join(swaggerUi, "swagger-ui.css"),
  join(swaggerUi, "swagger-ui-bundle.js"),
  join(own, "init.js"),
  join(own, "errors.css"),
];

const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/openapi.json`, the page that shows it, and the page to which every problem's `type` leads. */
export function docsRoutes(publicUrl: string): Hono {
  const errorCodes = readErrorCodes();
  const document = apiDocument({ publicUrl, errorCodes, routes: apiRoutes });
  const app = new Hono()
    .get("/openapi.json", serve(JSON.stringify(document), "application/json"))
    .get("/docs", serve(String(apiPage), "text/html; charset=utf-8"))
    .get("/docs/errors", serve(String(errorsPage(errorCodes)), "text/html; charset=utf-8"));
  for (const path of files) {
    const type = path.endsWith(".css") ? "text/css" : "text/javascript";
    const content = readFileSync(path, "utf8");
    app.get(`/docs/${basename(path)}`, serve(content, `${type}; charset=utf-8`));
  }
  return app;
}

/** Answers with one text for as long as the process lives, compressed once. */
function serve(content: string, type: string): (c: Context) => Response {
  let gzipped: Uint8Array<ArrayBuffer> | undefined;
  const headers = {
    "Content-Type": type,
    "Content-Security-Policy": contentSecurityPolicy,
    "Cache-Control": "no-cache",
    Vary: "Accept-Encoding",
  };
  return (c) => {
    if (!/\bgzip\b/.test(c.req.header("Accept-Encoding") ?? ""))
      return c.body(content, 200, headers);
    gzipped ??= new Uint8Array(gzipSync(content));
    return c.body(gzipped, 200, { ...headers, "Content-Encoding": "gzip" });
  };
}

type Html = ReturnType<typeof html>;

function page(title: string, stylesheet: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>PayFlow ${title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/docs/${stylesheet}" />
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}

const apiPage = page(
  "API",
  "swagger-ui.css",
  html`<main id="api"></main>
    <noscript
      >The description is at <a href="/openapi.json">/openapi.json</a>, the errors at
      <a href="/docs/errors">/docs/errors</a>.</noscript
    >
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/init.js"></script>`,
);

function errorsPage(errorCodes: readonly ErrorCode[]): Html {
  const sections = errorCodes.map(
    ({ code, status, cause, wayOut }) =>
      html`<section id="${code}">
        <h2>
          <a href="#${code}"><code>${code}</code></a> ${status}
        </h2>
        <p>${withCode(cause)}</p>
        <p>${withCode(wayOut)}</p>
      </section>`,
  );
  return page(
    "errors",
    "errors.css",
    html`<main>
      <h1>Errors</h1>
      <p>
        Every refusal is a problem document (RFC 9457). Decide by its <code>code</code>; see also
        the <a href="/docs">API</a>.
      </p>
      ${sections}
    </main>`,
  );
}

/** Markdown's code spans as HTML. */
function withCode(text: string) {
  return text
    .split("`")
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
