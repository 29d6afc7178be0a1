/** Any origin will do to see whether an address leaves it; nobody can have this one. */
const here = "http://shop.invalid";

/**
 * Path and query of an address of this site, for a redirect or a link; `/` when it is none. Decided as browsers do, by
 * parsing: `/.//evil.example` and `/\evil.example` begin with a slash and lead elsewhere all the same.
 */
export function localPath(given: unknown): string {
  if (typeof given !== "string" || !given.startsWith("/")) return "/";
  const url = URL.parse(given, here);
  if (url?.origin !== here) return "/";
  const path = url.pathname + url.search;
  // what is left when dot segments are gone is an address again
  return URL.parse(path, here)?.href === here + path ? path : "/";
}
