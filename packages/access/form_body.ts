import type { MiddlewareHandler } from "hono";
import { readText } from "@payflow/shared/http";

/** More than any page takes: the pages themselves refuse a large form, with a page that says so. */
const formBytesMax = 256 * 1024;

/** Reads the whole of a form before a page does, so that none holds a place for longer than a slow phone needs. */
export function readFormInTime(withinMs?: number): MiddlewareHandler {
  return async (c, next) => {
    const type = c.req.header("Content-Type") ?? "";
    const isForm = type.startsWith("application/x-www-form-urlencoded");
    if (c.req.method === "POST" && isForm) {
      const body = await readText(c.req.raw, formBytesMax, withinMs);
      c.req.raw = new Request(c.req.raw, { body });
    }
    await next();
  };
}
