import type { Hono } from "hono";
import { createDocs, type ApiDescription } from "@payflow/ui";
import { apiDocument, errorCodes } from "./api_document.ts";
import { asyncDocument } from "./async_document.ts";

/** `/openapi.json`, `/asyncapi.json`, the page that shows the former, and that to which every problem's `type` leads. */
export function docsRoutes(publicUrl: string): Hono {
  const api = apiDocument(publicUrl) as unknown as ApiDescription;
  return createDocs({ api, events: asyncDocument(), errorCodes });
}
