import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { Hono, type Context } from "hono";
import { html } from "hono/html";
import { apiDocument, errorCodes } from "./api_document.ts";
import { asyncDocument } from "./async_document.ts";

const swaggerUi = import.meta.resolve("swagger-ui-dist/package.json");

const apiPage = new URL("api_docs/index.html", import.meta.url);
/** All that the pages load, each from this origin. */
const files = [
  new URL("swagger-ui.css", swaggerUi),
  new URL("swagger-ui-bundle.js", swaggerUi),
  new URL("api_docs/init.js", import.meta.url),
  new URL("api_docs/errors.css", import.meta.url),
];

const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/openapi.json` and `/asyncapi.json`, the page that shows the former, and the page to which every problem's `type` leads. */
export function docsRoutes(publicUrl: string): Hono {
  const document = JSON.stringify(apiDocument(publicUrl));
  const app = new Hono()
    .get("/openapi.json", serve(document, "application/json"))
    .get("/asyncapi.json", serve(JSON.stringify(asyncDocument()), "application/json"))
    .get("/docs", serve(readFileSync(apiPage, "utf8"), "text/html; charset=utf-8"))
    .get("/docs/errors", serve(String(errorsPage), "text/html; charset=utf-8"));
  for (const file of files) {
    const type = file.pathname.endsWith(".css") ? "text/css" : "text/javascript";
    const content = serve(readFileSync(file, "utf8"), `${type}; charset=utf-8`);
    app.get(`/docs/${basename(file.pathname)}`, content);
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

const errorsPage = html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>PayFlow errors</title>
      <link rel="icon" href="data:," />
      <link rel="stylesheet" href="/docs/errors.css" />
    </head>
    <body>
      <main>
        <h1>Errors</h1>
        <p>
          Every refusal is a problem document (RFC 9457). Decide by its <code>code</code>; see also
          the <a href="/docs">API</a>.
        </p>
        ${errorCodes.map(
          ({ code, status, cause, wayOut }) =>
            html`<section id="${code}">
              <h2>
                <a href="#${code}"><code>${code}</code></a> ${status}
              </h2>
              <p>${withCode(cause)}</p>
              <p>${withCode(wayOut)}</p>
            </section>`,
        )}
      </main>
    </body>
  </html>`;

/** Markdown's code spans as HTML. */
function withCode(text: string) {
  return text
    .split("`")
    .map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
