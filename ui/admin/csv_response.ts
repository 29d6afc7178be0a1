import { csvStream } from "@payflow/back-office";
import type { AdminContext } from "./admin_scene.ts";

/** Streams CSV as a file. Rejects when the first chunk fails, so that the caller can show an error page. */
export async function csvResponse(
  c: AdminContext,
  name: string,
  pieces: AsyncIterable<string>,
): Promise<Response> {
  return c.body(await csvStream(pieces), 200, {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": `attachment; filename="${name}"`,
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
  });
}
