import type { AdminContext } from "./admin_scene.ts";

/**
 * Streams pieces of CSV as a file: the next piece is produced when the client has taken the one before, and none
 * any more when it has gone. What fails before the first piece is thrown, so that a page can say so.
 */
export async function csvResponse(
  c: AdminContext,
  name: string,
  pieces: AsyncIterable<string>,
): Promise<Response> {
  const iterator = pieces[Symbol.asyncIterator]();
  let next: IteratorResult<string> | undefined = await iterator.next();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = next ?? (await iterator.next());
      next = undefined;
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await iterator.return?.();
    },
  });
  return c.body(body, 200, {
    "content-type": "text/csv; charset=utf-8",
    "content-disposition": `attachment; filename="${name}"`,
    "cache-control": "private, no-store",
    "x-content-type-options": "nosniff",
  });
}
