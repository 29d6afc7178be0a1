import { expect, test } from "bun:test";
import { join } from "node:path";
import { secretVariables } from "@payflow/shared/http";
import { readSettings } from "./stack/settings.ts";

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

test(".env.example names every secret that may be in a file, and bun start rejects each such setting", () => {
  const [, paragraph = ""] = /(# Each secret may be in a file[^]*?)\n# MIGRATE/.exec(example) ?? [];
  const listed: string[] = paragraph.split("goes for")[1]?.match(/[A-Z_]{5,}/g) ?? [];
  expect(listed.sort()).toEqual([...secretVariables].sort());
  for (const name of secretVariables) {
    const { faults } = readSettings({ [`${name}_FILE`]: "/run/secrets/it" }, root);
    expect(faults).toContainEqual(expect.stringContaining(`${name}_FILE is only for services`));
  }
  expect(readSettings({ SHOP_FILE: "shop.json", GIT_SSH_KEY_FILE: "key" }, root).faults).toEqual(
    [],
  );
});
