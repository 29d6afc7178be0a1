/** The head of an HTTP/1.1 response as far as the load client needs it. */
export type ResponseHead = {
  readonly status: number;
  readonly hasRetryAfter: boolean;
  /** Length of head and body together. */
  readonly bytes: number;
};

/**
 * Parses the head at the start of `text`; undefined while it is incomplete.
 * @throws Error without Content-Length, which every JSON response of the services has
 */
export function readHead(text: string): ResponseHead | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = text.slice(0, end);
  const status = Number(head.slice(9, 12));
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`A response without Content-Length: ${head}`);
  const bytes = end + 4 + Number(length);
  return { status, hasRetryAfter: /\r\nretry-after: *\d/i.test(head), bytes };
}
