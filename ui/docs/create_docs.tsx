import { gzipSync } from "node:zlib";
import { Hono, type Context } from "hono";
import { html } from "hono/html";
import { loadAssets } from "../assets.ts";
import { securityHeaders } from "../security_headers.ts";
import { ApiPage } from "./api_page.tsx";
import { asyncDocument } from "./async_document.ts";
import type { DocsDeps } from "./contract.ts";
import { ErrorsPage } from "./errors_page.tsx";

/**
 * The API's pages at `/docs` and `/docs/errors`, drawn once, and the documents that they lead to. Whoever mounts them
 * serves the shop's `/assets` as well. They load nothing from elsewhere and run nothing inline.
 */
export function createDocs(deps: DocsDeps): Hono {
  const { api, errorCodes } = deps;
  const assets = loadAssets();
  const apiPage = html`<!doctype html>${(<ApiPage {...deps} assets={assets} />)}`;
  const errorsPage = html`<!doctype html>
    ${(<ErrorsPage errorCodes={errorCodes} assets={assets} />)}`;
  const page = "text/html; charset=utf-8";
  return new Hono()
    .get("/openapi.json", served(JSON.stringify(api), "application/json"))
    .get("/asyncapi.json", served(JSON.stringify(asyncDocument()), "application/json"))
    .get("/docs", served(String(apiPage), page))
    .get("/docs/errors", served(String(errorsPage), page));
}

/** Answers with one text for as long as the process lives, compressed once. */
function served(content: string, type: string): (c: Context) => Response {
  let gzipped: Uint8Array<ArrayBuffer> | undefined;
  const headers = {
    ...securityHeaders(),
    "content-type": type,
    "cache-control": "no-cache",
    vary: "accept-encoding",
  };
  return (c) => {
    if (!/\bgzip\b/.test(c.req.header("accept-encoding") ?? ""))
      return c.body(content, 200, headers);
    gzipped ??= new Uint8Array(gzipSync(content));
    return c.body(gzipped, 200, { ...headers, "content-encoding": "gzip" });
  };
}
