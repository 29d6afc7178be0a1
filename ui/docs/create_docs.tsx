import { Hono, type Context } from "hono";
import { html } from "hono/html";
import { loadAssets } from "../assets.ts";
import { fixedBody } from "../fixed_body.ts";
import { securityHeaders } from "../security_headers.ts";
import { ApiPage } from "./api_page.tsx";
import { asyncDocument } from "./async_document.ts";
import type { DocsDeps } from "./contract.ts";
import { ErrorsPage } from "./errors_page.tsx";

/**
 * The API's pages at `/docs` and `/docs/errors`, and their OpenAPI and AsyncAPI documents, each rendered on its first
 * request. The app that mounts these routes must also serve `/assets`. The pages load nothing from other hosts and run
 * no inline script.
 */
export function createDocs({ readApi, errorCodes }: DocsDeps): Hono {
  const assets = loadAssets();
  const page = "text/html; charset=utf-8";
  return new Hono()
    .get(
      "/openapi.json",
      served("application/json", () => JSON.stringify(readApi())),
    )
    .get(
      "/asyncapi.json",
      served("application/json", () => JSON.stringify(asyncDocument())),
    )
    .get(
      "/docs",
      served(
        page,
        () =>
          html`<!doctype html>
            ${(<ApiPage api={readApi()} errorCodes={errorCodes} assets={assets} />)}`,
      ),
    )
    .get(
      "/docs/errors",
      served(
        page,
        () => html`<!doctype html>${(<ErrorsPage errorCodes={errorCodes} assets={assets} />)}`,
      ),
    );
}

function served(type: string, draw: () => unknown): (c: Context) => Response {
  const headers = { ...securityHeaders(), "content-type": type, "cache-control": "no-cache" };
  const answer = fixedBody(() => new TextEncoder().encode(String(draw())));
  return (c) => answer(c, headers);
}
