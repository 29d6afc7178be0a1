// A request's Host (RFC 9110 §7.2) comes from whoever sends it. Bun builds `request.url` from it, and leaves an address
// that can't be parsed when the Host is missing (HTTP/1.0) or malformed.

/**
 * The request under an address that can be parsed, so that no route meets another one. Where the Host gives none, it is
 * `origin`; the headers stay as they came.
 */
export function withAbsoluteUrl(request: Request, origin: string): Request {
  const url = URL.parse(request.url);
  if (url?.protocol === "http:" || url?.protocol === "https:") return request;
  const target = request.url.startsWith("/") ? request.url : "/";
  return new Request(URL.parse(origin + target) ?? origin, request);
}
