import { gzipSync } from "node:zlib";
import type { Context } from "hono";

/** Answers with the same bytes for as long as the process lives; read, and compressed, at the first request that needs it. */
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
