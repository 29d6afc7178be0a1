import type { AdminScene } from "../admin_scene.ts";

/** The position of a page in a list: the cursor that it begins after, and the cursors of the pages before it. */
export type Place = { readonly after: string | undefined; readonly past: readonly string[] };

/** Cursors of earlier pages in an address; going back further starts from the newest page. */
const pastMax = 30;

export function placeOf(query: URLSearchParams): Place {
  return { after: query.get("after") ?? undefined, past: query.getAll("past").slice(-pastMax) };
}

type PagerProps = {
  readonly scene: AdminScene;
  readonly path: string;
  /** The list's filter. */
  readonly query: URLSearchParams;
  readonly place: Place;
  readonly next: string | null;
};

/** Links to newer and older rows; nothing when all rows fit on one page. */
export const Pager = ({ scene, path, query, place, next }: PagerProps) => {
  const { pages } = scene.t.frame;
  const { after, past } = place;
  if (after === undefined && next === null) return <></>;
  const to = (place: Place) => {
    const address = new URLSearchParams(query);
    if (place.after !== undefined) address.set("after", place.after);
    for (const passed of place.past) address.append("past", passed);
    return address.size > 0 ? `${path}?${address.toString()}` : path;
  };
  return (
    <nav class="pager" aria-label={pages.label}>
      {after !== undefined && (
        <>
          <a class="button small" href={to({ after: undefined, past: [] })}>
            {pages.newest}
          </a>
          <a
            class="button small"
            rel="prev"
            href={to({ after: past.at(-1), past: past.slice(0, -1) })}
          >
            {pages.newer}
          </a>
        </>
      )}
      {next !== null && (
        <a
          class="button small"
          rel="next"
          href={to({ after: next, past: after === undefined ? past : [...past, after] })}
        >
          {pages.older}
        </a>
      )}
    </nav>
  );
};
