import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { Hono } from "hono";
import { fixedBody } from "./fixed_body.ts";

/**
 * Every file that browsers load besides pages: read once at start, served from memory under one versioned folder. The
 * files may refer to each other, and browsers cache them for a year.
 */
export type Assets = {
  /** Address of a file in `ui/static`, of `app.css`, `admin.css` or `docs.css`, or of a name in `packaged`. */
  url(name: string): string;
  has(name: string): boolean;
  /** Serves `/assets/{version}/{name}`. */
  readonly routes: Hono;
};

type Asset = {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly answer: ReturnType<typeof fixedBody>;
  readonly type: string;
};

const contentTypes: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};
const compressible = new Set([".css", ".js", ".svg"]);

const require = createRequire(import.meta.url);
const fontCss =
  require.resolve("pretendard/dist/web/variable/pretendardvariable-dynamic-subset.css");
/** Files of dependencies, by the name under which pages load them. */
const packaged: Readonly<Record<string, string>> = {
  "htmx.js": require.resolve("htmx.org/dist/htmx.min.js"),
  "toss-loader.js": join(
    dirname(require.resolve("@tosspayments/tosspayments-sdk/package.json")),
    "dist/index.esm.js",
  ),
  "pretendard.css": fontCss,
};

/** File types of product images, in order of preference. */
const imageTypes = ["svg", "webp", "png", "jpg"];

/** `ui/static/products/{productId}.svg` (or webp, png, jpg); the image of a box when there is none. */
export function productImage(assets: Assets, productId: string, types = imageTypes): string {
  const names = [`products/${productId}`, "products/box"].flatMap((name) =>
    types.map((type) => `${name}.${type}`),
  );
  return assets.url(names.find((name) => assets.has(name)) ?? "products/box.svg");
}

/** Reads the files on the first call only. */
export function loadAssets(): Assets {
  return (loaded ??= readAssets());
}
let loaded: Assets | undefined;

function readAssets(): Assets {
  const files = new Map<string, Asset>();
  const add = (name: string, path: string) => files.set(name, read(path));
  const staticFolder = join(import.meta.dirname, "static");
  for (const name of filesUnder(staticFolder)) {
    add(name, join(staticFolder, name));
  }
  for (const [name, path] of Object.entries(packaged)) add(name, path);
  const styles = sheetsUnder("styles");
  files.set("app.css", styleSheet(styles));
  // the console and the API's pages use the shop's colours and fonts; the shop does not load their other rules
  const theme = styles.filter((path) => path.endsWith("1_theme.css"));
  files.set("admin.css", styleSheet([...theme, ...sheetsUnder("admin/styles")]));
  files.set("docs.css", styleSheet([...theme, ...sheetsUnder("docs/styles")]));
  // The font's style sheet names its 92 parts relative to itself; a page loads only those with its letters.
  const fontFolder = join(dirname(fontCss), "woff2-dynamic-subset");
  for (const name of filesUnder(fontFolder)) {
    add(`woff2-dynamic-subset/${name}`, join(fontFolder, name));
  }

  const version = versionOf(files);
  const routes = new Hono().get("/assets/:version/:name{.+}", (c) => {
    const asset = files.get(c.req.param("name"));
    if (!asset) return c.notFound();
    const current = c.req.param("version") === version;
    return asset.answer(c, {
      "content-type": asset.type,
      // A page of the previous release may still request its own version: serve the file, but do not let it be cached.
      "cache-control": current ? "public, max-age=31536000, immutable" : "no-cache",
      "x-content-type-options": "nosniff",
    });
  });
  return {
    url: (name) => {
      if (!files.has(name)) throw new Error(`No such asset: ${name}`);
      return `/assets/${version}/${name}`;
    },
    has: (name) => files.has(name),
    routes,
  };
}

/** Sorted by name. */
function sheetsUnder(name: string): string[] {
  const folder = join(import.meta.dirname, name);
  return filesUnder(folder).map((sheet) => join(folder, sheet));
}

function styleSheet(paths: readonly string[]): Asset {
  return asset(Buffer.concat(paths.map((path) => readFileSync(path))), ".css");
}

function read(path: string): Asset {
  return asset(readFileSync(path), extname(path));
}

function asset(content: Buffer, extension: string): Asset {
  const body = new Uint8Array(content);
  return {
    body,
    answer: fixedBody(() => body, compressible.has(extension)),
    type: contentTypes[extension] ?? "application/octet-stream",
  };
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && contentTypes[extname(entry.name)])
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}

function versionOf(files: ReadonlyMap<string, Asset>): string {
  const hash = createHash("sha256");
  for (const [name, asset] of files) hash.update(name).update(asset.body);
  return hash.digest("hex").slice(0, 12);
}
