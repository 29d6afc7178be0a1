/**
 * The request with an absolute URL. Bun builds the URL from the Host header, which may be missing (HTTP/1.0) or
 * malformed; `origin` replaces it then.
 */
export function withAbsoluteUrl(request: Request, origin: string): Request {
  const url = URL.parse(request.url);
  if (url?.protocol === "http:" || url?.protocol === "https:") return request;
  const target = request.url.startsWith("/") ? request.url : "/";
  return new Request(URL.parse(origin + target) ?? origin, request);
}
