import { gzipSync } from "node:zlib";
import type { Context } from "hono";

/** Responds with the same bytes during the life of the process; reads and compresses them on the first request. */
export function fixedBody(
  read: () => Uint8Array<ArrayBuffer>,
  isCompressible = true,
): (c: Context, headers: Record<string, string>) => Response {
  let plain: Uint8Array<ArrayBuffer> | undefined;
  let gzipped: Uint8Array<ArrayBuffer> | undefined;
  return (c, headers) => {
    plain ??= read();
    const takesGzip = /\bgzip\b/.test(c.req.header("accept-encoding") ?? "");
    const always = { ...headers, vary: "accept-encoding" };
    if (!isCompressible || !takesGzip) return c.body(plain, 200, always);
    gzipped ??= new Uint8Array(gzipSync(plain, { level: 9 }));
    return c.body(gzipped, 200, { ...always, "content-encoding": "gzip" });
  };
}
