import { expect, test } from "bun:test";

type File = { path: string; text: string; imports: string[] };

const files = await readFiles();
const isTest = (path: string) =>
  /_test\.tsx?$/.test(path) || /\/testing\//.test(path) || path.startsWith("tests/");
const code = files.filter((file) => !isTest(file.path));

/** Imports by regular expression, because a transpiler omits type imports. */
function importsOf(text: string): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s(?:[^;'"]*?\sfrom\s+)?["']([^"']+)["']|import\(\s*["']([^"']+)["']\s*\)/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? "");
}

async function readFiles(): Promise<File[]> {
  const root = `${import.meta.dir}/..`;
  const found: File[] = [];
  for await (const path of new Bun.Glob("{packages,ui,tests,bench,examples}/**/*.{ts,tsx}").scan({
    cwd: root,
  })) {
    if (path.includes("node_modules/")) continue;
    const text = await Bun.file(`${root}/${path}`).text();
    found.push({ path, text, imports: importsOf(text) });
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** `file -> import` for every import that breaks the rule. */
function breaking(
  where: RegExp,
  isAllowed: (target: string, path: string) => boolean,
  among = code,
): string[] {
  return among
    .filter((file) => where.test(file.path))
    .flatMap((file) =>
      file.imports
        .map((target) => (target.startsWith(".") ? resolved(file.path, target) : target))
        .filter((target) => !isAllowed(target, file.path))
        .map((target) => `${file.path} -> ${target}`),
    );
}

function resolved(path: string, target: string): string {
  return new URL(target, `file:///${path}`).pathname.slice(1);
}

const service = (path: string) => /^packages\/(order|payment)\//.exec(path)?.[1] ?? "";
const within = (layer: string) => (target: string, path: string) =>
  target.startsWith(`packages/${service(path)}/${layer}/`);

test("importsOf() finds imports in every layer", () => {
  for (const layer of ["domain", "application", "presentation", "infrastructure"]) {
    const found = code.filter(
      (file) => file.path.includes(`/${layer}/`) && file.imports.length > 0,
    );
    expect(found.length).toBeGreaterThan(1);
  }
  expect(
    importsOf('import type { A } from "./a.ts";\nexport * from "b";\nawait import("c");'),
  ).toEqual(["./a.ts", "b", "c"]);
});

const below = ["@payflow/shared", "@payflow/ledger/movements"];

test("a domain imports only itself, @payflow/shared and @payflow/ledger/movements", () => {
  const allowed = (target: string, path: string) =>
    below.includes(target) || within("domain")(target, path);
  expect(breaking(/^packages\/(order|payment)\/domain\//, allowed)).toEqual([]);
});

test("an application imports only its domain and its ports", () => {
  const allowed = (target: string, path: string) =>
    below.includes(target) || within("domain")(target, path) || within("application")(target, path);
  expect(breaking(/^packages\/(order|payment)\/application\//, allowed)).toEqual([]);
});

test("payment's domain and use cases name no payment provider", () => {
  const rules = code.filter(({ path }) => /^packages\/payment\/(domain|application)\//.test(path));
  expect(rules.length).toBeGreaterThan(20);
  expect(rules.filter(({ text }) => /toss/i.test(text)).map(({ path }) => path)).toEqual([]);
});

test("the ledger names no payment provider, and its movements import no database", () => {
  const ledger = code.filter(({ path }) => path.startsWith("packages/ledger/"));
  expect(ledger.length).toBeGreaterThan(5);
  expect(ledger.filter(({ text }) => /toss/i.test(text)).map(({ path }) => path)).toEqual([]);
  const rules = breaking(/\/(movements|compare_day)\.ts$/, (target) =>
    ["@payflow/shared", "packages/ledger/movements.ts"].includes(target),
  );
  expect(rules).toEqual([]);
});

test.each([
  ["database", 10],
  ["outbox", 20],
])("the %s does not mention PayFlow or payments", (name, filesMin) => {
  const own = code.filter(({ path }) => path.startsWith(`packages/${name}/`));
  expect(own.length).toBeGreaterThan(filesMin);
  const knowing = own.filter(({ text }) => /(?<!@)payflow|toss|payment/i.test(text));
  expect(knowing.map(({ path }) => path)).toEqual([]);
});

test("presentation and infrastructure never import each other", () => {
  const no = (layer: string) => (target: string) => !target.includes(`/${layer}/`);
  expect(breaking(/\/presentation\//, no("infrastructure"))).toEqual([]);
  expect(breaking(/\/infrastructure\//, no("presentation"))).toEqual([]);
});

test("each library is imported only in its own packages", () => {
  const only = (library: RegExp, place: RegExp) =>
    breaking(/./, (target, path) => !library.test(target) || place.test(path));
  expect(
    only(
      /^hono(\/|$)/,
      /\/presentation\/|service\.ts$|^ui\/|^packages\/(access|toss-sandbox|shared\/http)\//,
    ),
  ).toEqual([]);
  expect(
    only(
      /^(kysely|postgres)$/,
      /\/infrastructure\/|^packages\/(access|back-office\/messages|database|ledger|notifications|outbox|local-stack|operate|shared\/http)\/|^bench\//,
    ),
  ).toEqual([]);
  expect(only(/^nodemailer$/, /^packages\/notifications\/smtp_sender\.ts$/)).toEqual([]);
  expect(
    only(/^prom-client(\/|$)/, /^packages\/shared\/http\/(metrics|prom_client\.d)\.ts$/),
  ).toEqual([]);
  expect(only(/^@opentelemetry\//, /^packages\/shared\/http\/otlp_tracer\.ts$/)).toEqual([]);
  const loading = code.filter(({ imports }) => imports.includes("./otlp_tracer.ts"));
  expect(loading.map(({ path }) => path)).toEqual(["packages/shared/http/open_service.ts"]);
  expect(loading[0]?.text).toMatch(/await import\("\.\/otlp_tracer\.ts"\)/);
  expect(only(/^kafkajs$/, /^packages\/(console|outbox|local-stack|operate)\/|^bench\//)).toEqual(
    [],
  );
});

/** `@payflow/outbox/testing` → `outbox`, `ui/…` → `ui`. */
const packageOf = (target: string) =>
  /^@payflow\/([^/]+)/.exec(target)?.[1] ?? /^(?:packages\/)?([^/]+)\//.exec(target)?.[1] ?? "";

test("a package imports only packages below it", () => {
  const below: Readonly<Record<string, readonly string[]>> = {
    "local-stack": [],
    database: [],
    outbox: ["database"],
    client: [],
    "toss-sandbox": [],
    shared: [],
    "shared/http": ["database", "outbox"],
    "back-office": ["shared"],
    "back-office/messages": ["shared", "shared/http", "database", "outbox"],
    ui: ["back-office", "shared"],
    access: ["shared", "shared/http", "database", "outbox"],
    console: [
      "access",
      "back-office",
      "back-office/messages",
      "shared",
      "shared/http",
      "database",
      "outbox",
      "ui",
    ],
    ledger: ["back-office", "shared", "shared/http", "outbox"],
    notifications: [
      "access",
      "back-office",
      "back-office/messages",
      "console",
      "shared",
      "shared/http",
      "database",
      "outbox",
      "ui",
    ],
    order: [
      "access",
      "back-office",
      "back-office/messages",
      "console",
      "notifications",
      "notifications/schemas",
      "shared",
      "shared/http",
      "database",
      "outbox",
      "ui",
    ],
    payment: [
      "back-office",
      "back-office/messages",
      "ledger",
      "ledger/movements",
      "shared",
      "shared/http",
      "database",
      "outbox",
    ],
    operate: [
      "back-office",
      "back-office/messages",
      "console",
      "database",
      "ledger",
      "local-stack",
      "outbox",
      "notifications",
      "shared",
      "shared/http",
      "order",
      "order/operate",
      "payment",
      "payment/operate",
    ],
  };
  for (const [floor, lower] of Object.entries(below)) {
    // a subpackage has its own entry
    const inner = { shared: "(?!http/)", "back-office": "(?!messages/)" }[floor] ?? "";
    const where = new RegExp(`^(packages/)?${floor}/${inner}`);
    const allowed = (target: string, path: string) =>
      !target.startsWith("@payflow/") ||
      packageOf(target) === packageOf(path) ||
      lower.includes(target.replace("@payflow/", ""));
    expect(breaking(where, allowed)).toEqual([]);
  }
});

type Manifest = {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
};
const manifests = new Map(
  await Promise.all(
    [...new Bun.Glob("packages/*/package.json").scanSync(`${import.meta.dir}/..`)]
      .concat("ui/package.json")
      .map(async (path): Promise<[string, Manifest]> => {
        const manifest = await Bun.file(`${import.meta.dir}/../${path}`).json();
        return [path.replace("package.json", ""), manifest];
      }),
  ),
);

test("each package declares what it imports, and nothing else", () => {
  expect(manifests.size).toBe(15);
  const library = /^(@[^/]+\/[^/]+|[^./@][^/]*)/;
  const wrong = [...manifests].flatMap(([folder, { dependencies = {}, devDependencies = {} }]) => {
    const own = files.filter(({ path }) => path.startsWith(folder));
    const ownCode = own.filter(({ path }) => !isTest(path));
    const imported = (among: readonly File[]) =>
      among
        .flatMap(({ imports }) => imports.map((target) => library.exec(target)?.[1] ?? ""))
        .filter((name) => name !== "" && !/^(node|bun)(:|$)/.test(name))
        .filter((name) => name !== `@payflow/${packageOf(folder)}`);
    // some packages are only read as files
    const isNeeded = (name: string, among: readonly File[]) =>
      imported(among).includes(name) || among.some(({ text }) => text.includes(`"${name}/`));
    const undeclared = [
      ...imported(ownCode).filter((name) => !(name in dependencies)),
      ...imported(own).filter((name) => !(name in { ...dependencies, ...devDependencies })),
    ];
    const unused = [
      ...Object.keys(dependencies).filter((name) => !isNeeded(name, ownCode)),
      ...Object.keys(devDependencies).filter((name) => !isNeeded(name, own)),
    ];
    return [
      ...new Set(undeclared.map((name) => `${folder} does not declare ${name}`)),
      ...unused.map((name) => `${folder} does not need ${name}`),
    ];
  });
  expect(wrong).toEqual([]);
});

test("packages have no circular dependency", () => {
  const needs = new Map(
    [...manifests].map(([folder, { dependencies = {} }]) => [
      packageOf(folder),
      Object.keys(dependencies)
        .filter((name) => name.startsWith("@payflow/"))
        .map(packageOf),
    ]),
  );
  const reached = (from: string, seen = new Set<string>()): ReadonlySet<string> => {
    for (const next of needs.get(from) ?? []) if (!seen.has(next)) reached(next, seen.add(next));
    return seen;
  };
  expect([...needs.keys()].filter((name) => reached(name).has(name))).toEqual([]);
});

test("the payflow command starts before packages are installed: it first imports only built-in modules", () => {
  const loaded = new Set<string>();
  const foreign: string[] = [];
  const load = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    const { text = "" } = files.find((file) => file.path === path) ?? {};
    // dynamic imports run after the installation, and type imports never load
    const code = text.replaceAll(/\bimport\(|^import type .*$/gm, "");
    for (const target of importsOf(code)) {
      if (target === "@payflow/local-stack") load("packages/local-stack/mod.ts");
      else if (target.startsWith(".")) load(resolved(path, target));
      else if (!/^node:/.test(target)) foreign.push(`${path} -> ${target}`);
    }
  };
  load("packages/operate/main.ts");
  load("packages/local-stack/run_tests.ts");
  expect(foreign).toEqual([]);
  expect(loaded.size).toBeGreaterThan(20);
});

test("every fetch() call decides on the proxy", () => {
  // calls to Toss and to a Kafka repository use the environment's proxy
  const outside = ["packages/shared/http/proxy.ts", "packages/local-stack/servers/kafka_jars.ts"];
  const silent = code
    .filter(({ path }) => /^packages\//.test(path) && !outside.includes(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/(?<![.\w])(?:await|return|=>|=|\() ?fetch\(/g)]
        .filter((call) => {
          const end = text.indexOf(";", call.index);
          return !text.slice(call.index, end).includes("proxy: false");
        })
        .map(() => path),
    );
  expect(silent).toEqual([]);
});

test("packages import each other only by their exports", () => {
  const insideOwn = (target: string, path: string) => {
    const own = /^(packages\/[^/]+|ui|tests|bench|examples)\//.exec(path)?.[0] ?? "";
    return !/^(packages|ui)\//.test(target) || target.startsWith(own);
  };
  expect(breaking(/./, insideOwn, files)).toEqual([]);
});

test("relative imports name existing files", () => {
  const paths = new Set(files.map((file) => file.path));
  const there = (target: string) =>
    !/^(packages|ui|tests|bench|examples)\/.*\.tsx?$/.test(target) || paths.has(target);
  expect(breaking(/./, there, files)).toEqual([]);
});

test("there are no circular imports", () => {
  const graph = new Map(
    files.map((file) => [
      file.path,
      file.imports.filter((t) => t.startsWith(".")).map((t) => resolved(file.path, t)),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path))
      circles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
    if (done.has(path)) return;
    done.add(path);
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
  };
  for (const path of graph.keys()) visit(path, []);
  expect(circles).toEqual([]);
});

test("only the database's clock decides what is due or expired", async () => {
  const root = `${import.meta.dir}/..`;
  const scripts = [...new Bun.Glob("ui/static/*.js").scanSync({ cwd: root })];
  const inBrowsers = await Promise.all(
    scripts.map(async (path) => ({
      path,
      text: await Bun.file(`${root}/${path}`).text(),
    })),
  );
  const services = code.filter((file) =>
    /^(packages\/(access|back-office|console|database|ledger|notifications|order|payment|shared|outbox)|ui)\//.test(
      file.path,
    ),
  );
  // durations use performance.now(), which clock changes do not affect
  const telling = [...services, ...inBrowsers]
    .filter(({ text }) => /\bDate\.now\(|\bnew Date\(\s*\)|\bDate\(\)/.test(text))
    .map(({ path }) => path);
  expect(telling).toEqual([
    // detects changes of this computer's clock
    "packages/database/clock.ts",
  ]);
});

test("no file has a catch-all name", () => {
  const drawer = /(^|\/)(index|utils?|helpers?|common|misc|base|types)(\.tsx?|\/)/;
  expect(files.map((file) => file.path).filter((path) => drawer.test(path))).toEqual([]);
});

test("no test has a time-out that is too short for a busy machine", () => {
  // Bun's default time-out applies only to the file that sets it
  const own = files
    .filter((file) => /_(integration|browser)_test\.ts$/.test(file.path))
    .filter((file) => !/^setDefaultTimeout\(600_000\);$/m.test(file.text));
  expect(own.map((file) => file.path)).toEqual([]);
  const hasty = files
    .filter((file) => /_test\.tsx?$/.test(file.path))
    .filter((file) => /^\s*(\}, )?[1-5]?\d{1,2}_000\)?[,;]+$/m.test(file.text));
  expect(hasty.map((file) => file.path)).toEqual([]);
});

const among = (packages: string) =>
  code.filter((file) => new RegExp(`^packages/(${packages})/`).test(file.path));
const core = among("order|payment|shared|outbox");
const linesOf = (of: readonly File[]) =>
  of.reduce((sum, file) => sum + file.text.split("\n").length - 1, 0);

test("the core stays within its line limits", () => {
  const rules = core.filter((file) => /\/(domain|application)\//.test(file.path));
  const [all, inRules] = [linesOf(core), linesOf(rules)];
  console.log(
    `The core (order, payment, shared, outbox) has ${all} lines in ${core.length} files, ${inRules} of them rules`,
  );
  // domain and application should be readable in an afternoon
  expect(inRules).toBeLessThanOrEqual(3_961);
  expect(all).toBeLessThanOrEqual(14_201);
});

test("the packages around the core stay within their line limit", () => {
  const around = among("access|back-office|console|database|ledger|notifications");
  console.log(`The packages around the core have ${linesOf(around)} lines`);
  expect(linesOf(around)).toBeLessThanOrEqual(6_069);
});

test("the reading path of docs/architecture.md exists, and stays within its line limit", async () => {
  const document = await Bun.file(`${import.meta.dir}/../docs/architecture.md`).text();
  const [, section = ""] = /\n## Reading path\n([^]*?)\nAfter that/.exec(document) ?? [];
  const paths = [...section.matchAll(/\]\(\.\.\/(packages\/[^)]+)\)/g)].map(
    ([, path = ""]) => path,
  );
  const read = paths.map((path) => code.find((file) => file.path === path) ?? path);
  expect(read.filter((file) => typeof file === "string")).toEqual([]);
  const lines = linesOf(read.filter((file) => typeof file !== "string"));
  console.log(`The reading path has ${lines} lines in ${paths.length} files`);
  expect(paths.length).toBeGreaterThan(30);
  expect(lines).toBeLessThanOrEqual(4_000);
});

test("no file of the core has more than 300 lines", () => {
  const long = core.filter((file) => linesOf([file]) > 300);
  expect(long.map((file) => file.path)).toEqual([]);
});
