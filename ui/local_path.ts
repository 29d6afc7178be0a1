/** A base for parsing; `.invalid` can never be a real host (RFC 6761). */
const here = "http://shop.invalid";

/**
 * Path and query of an address of this site, for a redirect or a link; `/` for any other address. Parses as browsers
 * do: `/.//evil.example` and `/\evil.example` begin with a slash but lead to another site.
 */
export function localPath(given: unknown): string {
  if (typeof given !== "string" || !given.startsWith("/")) return "/";
  const url = URL.parse(given, here);
  if (url?.origin !== here) return "/";
  const path = url.pathname + url.search;
  // after dot segments are removed, the path may be an address of another site again
  return URL.parse(path, here)?.href === here + path ? path : "/";
}
