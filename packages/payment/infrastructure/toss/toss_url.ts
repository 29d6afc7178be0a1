/**
 * The URL of a call to Toss. Every segment is encoded, so that it cannot name another path. Throws RangeError for a
 * segment that encoding does not protect: an empty one, "." and "..", which a URL parser resolves.
 */
export function tossUrl(apiUrl: string, segments: readonly string[], query?: URLSearchParams): URL {
  for (const segment of segments) {
    if (["", ".", ".."].includes(segment))
      throw new RangeError(`"${segment}" cannot be a segment of a path`);
  }
  const url = new URL(`/${segments.map(encodeURIComponent).join("/")}`, apiUrl);
  url.search = query?.toString() ?? "";
  return url;
}
