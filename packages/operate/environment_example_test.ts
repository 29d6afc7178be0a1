import { expect, test } from "bun:test";
import { join } from "node:path";

const root = join(import.meta.dir, "..", "..");
const example = await Bun.file(join(root, ".env.example")).text();
const named = new Set([...example.matchAll(/^# ([A-Z_]+)=/gm)].map((match) => match[1] ?? ""));

test(".env.example names every variable that a process reads", async () => {
  const files = [
    "packages/order/config.ts",
    "packages/payment/config.ts",
    "packages/shared/http/config.ts",
    "packages/toss-sandbox/config.ts",
    "packages/operate/stack/settings.ts",
  ];
  for (const file of files) {
    const text = await Bun.file(join(root, file)).text();
    const read = text.matchAll(
      /^ *([A-Z]+(?:_[A-Z]+)+):|env\["([A-Z_]+)"\]|\[\s*"([A-Z]+(?:_[A-Z]+)+)",\s*[^\s"]/gm,
    );
    const names = [...read].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
    expect(names.length).toBeGreaterThan(0);
    expect([file, names.filter((name) => !named.has(name))]).toEqual([file, []]);
  }
});
