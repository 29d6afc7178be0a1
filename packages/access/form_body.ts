import type { MiddlewareHandler } from "hono";
import { readText } from "@payflow/shared/http";

/** More than any page accepts, so that the pages can reject a large form with a readable message. */
const formBytesMax = 256 * 1024;

/** Reads the whole form before the handler, with a time limit, so that a slow body can't hold a call's place for ever. */
export function readFormInTime(withinMs?: number): MiddlewareHandler {
  return async (c, next) => {
    // of any type: a page reads multipart forms too, and a limit on size reads any body that names no length
    if (c.req.method === "POST") {
      const body = await readText(c.req.raw, formBytesMax, withinMs);
      c.req.raw = new Request(c.req.raw, { body });
    }
    await next();
  };
}
