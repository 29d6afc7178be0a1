/**
 * The request under an address that can be parsed: Bun builds it from the Host, which may be missing (HTTP/1.0) or
 * malformed; it is `origin` then.
 */
export function withAbsoluteUrl(request: Request, origin: string): Request {
  const url = URL.parse(request.url);
  if (url?.protocol === "http:" || url?.protocol === "https:") return request;
  const target = request.url.startsWith("/") ? request.url : "/";
  return new Request(URL.parse(origin + target) ?? origin, request);
}
