import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";

const root = join(import.meta.dir, "..");
const textOf = (path: string) => Bun.file(join(root, path)).text();
const filesOf = (pattern: string) =>
  [...new Bun.Glob(pattern).scanSync({ cwd: root, dot: true })]
    .filter((path) => !path.includes("node_modules/"))
    .sort();

type Manifest = {
  readonly name: string;
  readonly version?: string;
  readonly description?: string;
  readonly license?: string;
  readonly exports?: Readonly<Record<string, string>>;
  readonly packageManager?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
};
const manifestOf = async (path: string): Promise<Manifest> => JSON.parse(await textOf(path));
const { version, packageManager } = await manifestOf("package.json");
const packages = [...filesOf("packages/*/package.json"), "ui/package.json"];

test("packages were found", () => expect(packages.length).toBeGreaterThan(7));

test.each(packages)(
  "%s has the project's version, a description, exports and a README",
  async (path) => {
    const folder = path.replace("/package.json", "");
    const manifest = await manifestOf(path);
    expect(manifest.name).toBe(`@payflow/${basename(folder)}`);
    expect(manifest.version).toBe(version);
    expect(manifest.license).toBe("MIT");
    expect(manifest.description?.length).toBeGreaterThan(20);
    const missing = Object.values(manifest.exports ?? {}).filter(
      (file) => !existsSync(join(root, folder, file)),
    );
    expect(Object.keys(manifest.exports ?? {})).toContain(".");
    expect(missing).toEqual([]);
    expect((await textOf(`${folder}/README.md`)).length).toBeGreaterThan(300);
  },
);

/** Packages whose files the code resolves and serves to browsers, such as `"htmx.org/dist/htmx.min.js"`. */
async function servedPackages(): Promise<string[]> {
  const code = [
    "ui",
    "packages/order",
    "packages/payment",
    "packages/shared",
    "packages/toss-sandbox",
  ].flatMap((folder) => filesOf(`${folder}/**/*.{ts,tsx}`));
  const texts = await Promise.all(
    code.filter((path) => !/_test\.|\/testing\//.test(path)).map(textOf),
  );
  const resolved = /\bresolve(?:Sync)?\(\s*"((?:@[^/"]+\/)?[^@/".][^/"]*)\//g;
  const names = texts.flatMap((text) => [...text.matchAll(resolved)].map(([, name = ""]) => name));
  return [...new Set(names)].sort();
}

const notices = filesOf("ui/notices/*.txt").map((path) => basename(path, ".txt"));
const unscoped = (name: string) => name.replace(/^@[^/]+\//, "");

test("ui/notices has exactly one notice for each package that is served to browsers", async () => {
  const served = await servedPackages();
  expect(served).toContain("htmx.org");
  expect(notices).toEqual(served.map(unscoped).sort());
  const table = await textOf("ui/notices/README.md");
  for (const name of served) expect(table).toContain(`[\`${name}\`](${unscoped(name)}.txt)`);
});

test("each notice contains its package's licence", async () => {
  const plain = (text: string) => text.replaceAll(/\s+/g, " ").trim();
  const unlike: string[] = [];
  for (const name of await servedPackages()) {
    const notice = plain(await textOf(`ui/notices/${unscoped(name)}.txt`));
    expect(notice).toMatch(/copyright|Zero-Clause BSD/i);
    const [user = ""] = packages.filter((path) => existsSync(manifestBeside(path, name)));
    for (const file of ["LICENSE", "LICENSE.txt", "NOTICE"]) {
      const shipped = join(manifestBeside(user, name), "..", file);
      if (existsSync(shipped) && !notice.includes(plain(await Bun.file(shipped).text())))
        unlike.push(`${name}: ${file}`);
    }
  }
  expect(unlike).toEqual([]);
});
const manifestBeside = (path: string, name: string) =>
  join(root, path, "../node_modules", name, "package.json");

test("ui/notices/README.md names the folder of every font in this repository", async () => {
  const table = await textOf("ui/notices/README.md");
  const fonts = filesOf("{ui,packages}/**/*.{woff,woff2,ttf,otf}");
  const unnamed = fonts.filter((path) => !table.includes(path.slice(0, path.lastIndexOf("/"))));
  expect(unnamed).toEqual([]);
});

type Workflow = {
  readonly permissions: unknown;
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly permissions?: unknown;
        readonly "timeout-minutes"?: number;
        readonly steps: readonly { readonly uses?: string; readonly run?: string }[];
      }
    >
  >;
};

test.each(filesOf(".github/workflows/*.yaml"))(
  "%s has read-only permissions, pins its actions, and runs README's commands",
  async (path) => {
    const workflow = Bun.YAML.parse(await textOf(path)) as Workflow;
    const jobs = Object.values(workflow.jobs);
    expect(workflow.permissions).toEqual({ contents: "read" });
    expect(jobs.filter((job) => job.permissions !== undefined)).toEqual([]);
    expect(jobs.filter((job) => job["timeout-minutes"] === undefined)).toEqual([]);
    const steps = jobs.flatMap((job) => job.steps);
    const floating = steps
      .map(({ uses }) => uses ?? "")
      .filter((uses) => !/^$|@[0-9a-f]{40}$/.test(uses));
    expect(floating).toEqual([]);
    const commands = steps.map(({ run }) => run ?? "").join("\n");
    const readme = await textOf("README.md");
    for (const command of [`npx -y ${packageManager} start`, `npx -y ${packageManager} run test`]) {
      expect(readme).toContain(`\n    ${command}\n`);
      expect(commands).toContain(command);
    }
    expect(commands.match(/bun@[\d.]+/g)?.every((bun) => bun === packageManager)).toBe(true);
  },
);

test("issue forms have the fields that GitHub requires", async () => {
  const forms = filesOf(".github/ISSUE_TEMPLATE/*.yml").filter(
    (path) => !path.endsWith("config.yml"),
  );
  expect(forms.length).toBe(2);
  for (const path of forms) {
    const form = Bun.YAML.parse(await textOf(path)) as {
      name: string;
      description: string;
      body: { type: string; id?: string; attributes: { label?: string; options?: unknown[] } }[];
    };
    expect([form.name, form.description].every((text) => text.length > 2)).toBe(true);
    const fields = form.body.filter(({ type }) => type !== "markdown");
    expect(fields.filter(({ type }) => !["textarea", "input", "dropdown"].includes(type))).toEqual(
      [],
    );
    expect(fields.filter(({ attributes }) => !attributes.label)).toEqual([]);
    expect(new Set(fields.map(({ id }) => id)).size).toBe(fields.length);
    // YAML reads an unquoted no as false
    const options = fields.flatMap(({ attributes }) => attributes.options ?? []);
    expect(options.filter((option) => typeof option !== "string")).toEqual([]);
  }
});

test("CHANGELOG.md follows Keep a Changelog", async () => {
  const text = await textOf("CHANGELOG.md");
  const [, ...versions] = text.split(/^## /m);
  expect(versions[0]).toStartWith("[Unreleased]\n");
  for (const part of versions) {
    expect(part).toMatch(/^\[(Unreleased\]|\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d)\n/);
    const groups = [...part.matchAll(/^### (.+)$/gm)].map(([, name = ""]) => name);
    const known = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
    expect(groups).toEqual(known.filter((name) => groups.includes(name)));
    for (const line of part.split("\n").slice(1)) expect(line).toMatch(/^(- .*|### .*|)$|^[A-Z]/);
  }
});

test("each ADR has a unique number, and links to it show that number", async () => {
  const files = filesOf("docs/adr/0*.md");
  const numbers = files.map((path) => basename(path).slice(0, 4));
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const [index, path] of files.entries())
    expect(await textOf(path)).toStartWith(`# ${Number(numbers[index])}. `);
  const wrong: string[] = [];
  for (const path of [
    "CHANGELOG.md",
    ...filesOf("docs/**/*.md"),
    ...filesOf("packages/*/README.md"),
  ])
    for (const [link, linked, number] of (await textOf(path)).matchAll(
      /\[ADR (\d+)\]\([^)]*\/(\d{4})-/g,
    ))
      if (Number(linked) !== Number(number)) wrong.push(`${path}: ${link}`);
  expect(wrong).toEqual([]);
});
