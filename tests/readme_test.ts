import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const root = join(import.meta.dir, "..");
const documents = ["*.md", "{docs,examples,packages,ui,tests,bench}/**/*.md"]
  .flatMap((pattern) => [...new Bun.Glob(pattern).scanSync({ cwd: root })])
  .filter((path) => !path.includes("node_modules/"))
  .sort();
const textOf = (path: string) => readFileSync(join(root, path), "utf8");

/** Fenced code blocks, with their languages. */
const codeOf = (text: string) =>
  [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = "", code = ""]) => ({
    language,
    code,
  }));

/** The anchors that GitHub makes of a document's headings. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

test("documents were found", () => {
  expect(documents).toContain("README.md");
  expect(documents).toContain("docs/events.md");
});

test.each(documents)("every relative link of %s has a target", (path) => {
  const text = textOf(path).replace(/^```.*?^```$/gms, "");
  const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)].map(
    ([, link, attribute]) => link ?? attribute ?? "",
  );
  for (const link of links.filter((link) => !/^[a-z]+:/.test(link))) {
    const [file = "", anchor] = link.split("#");
    const target = file ? normalize(join(dirname(path), file)) : path;
    expect(existsSync(join(root, target)), `${path} -> ${link}`).toBe(true);
    if (anchor && target.endsWith(".md"))
      expect(anchorsOf(textOf(target)), `${path} -> ${link}`).toContain(anchor);
  }
});

test.each(documents)("every test and script that %s names exists", (path) => {
  const { scripts } = JSON.parse(textOf("package.json")) as {
    scripts: Record<string, string>;
  };
  const text = textOf(path);
  for (const [name] of text.matchAll(/(?:[\w-]+\/)+\w+_test\.tsx?/g))
    expect(existsSync(join(root, name)), `${path}: ${name}`).toBe(true);
  for (const [, name = ""] of text.matchAll(/\bbun run ([a-z][\w:-]*)/g))
    expect(Object.keys(scripts), path).toContain(name);
});

test.each(documents)("every name that %s quotes from a file exists there", (path) => {
  for (const [, names = "", link = ""] of textOf(path).matchAll(
    /((?:`[\w.]+`(?:, )?)+) in \[[^\]]+\]\(([^)#]+\.tsx?)\)/g,
  )) {
    const code = textOf(join(dirname(path), link));
    for (const [, name = ""] of names.matchAll(/(\w+)`/g))
      expect(new RegExp(`\\b${name}\\b`).test(code), `${path}: ${name} in ${link}`).toBe(true);
  }
});

test("README.ko.md has the same commands, responses, images and links as README.md", () => {
  const [english, korean] = [textOf("README.md"), textOf("README.ko.md")];
  expect(codeOf(korean)).toEqual(codeOf(english));
  const images = (text: string) =>
    [...text.matchAll(/src="([^"]+)"/g)].map(([, source]) => source?.replace(".ko.png", ".png"));
  expect(images(korean)).toEqual(images(english));
  const targets = (text: string) =>
    new Set([...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link));
  const others = ["README.md", "README.ko.md"];
  expect(targets(korean).symmetricDifference(targets(english))).toEqual(new Set(others));
});

test("README has at most 7 images; every image is used and small", async () => {
  const texts = await Promise.all(
    ["README.md", "README.ko.md", "docs/operating.md"].map((path) =>
      Bun.file(join(root, path)).text(),
    ),
  );
  for (const readme of texts.slice(0, 2))
    expect(readme.match(/images\//g)?.length).toBeLessThanOrEqual(7);
  for (const name of readdirSync(join(root, "docs/images"))) {
    expect(
      texts.some((text) => text.includes(`images/${name}"`)),
      name,
    ).toBe(true);
    const kibibytes = name.startsWith("checkout") ? 1_000 : 120;
    expect(Bun.file(join(root, "docs/images", name)).size, name).toBeLessThan(kibibytes * 1024);
  }
});
