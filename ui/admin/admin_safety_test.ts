import { expect, test } from "bun:test";
import { adminScenes } from "../testing/admin_scenes.ts";
import { browse } from "../testing/browse.ts";
import type { ServedUi } from "../testing/serve_ui.ts";
import { adminMessages } from "./messages/admin_messages.ts";

test.each(adminScenes)(
  "$name has no inline script or style, and loads nothing from other hosts",
  async (scene) => {
    const ui = browse();
    const served = { shop: ui.shop, admin: ui.admin } as unknown as ServedUi;
    const path = scene.prepare(served);
    const options = scene.operator ? { operator: scene.operator } : {};
    let page = await ui.get(path, options);
    if (page.status === 303) page = await ui.get(page.headers.get("location") ?? "", options);
    const { body, headers } = page;
    expect(body).not.toMatch(/<style|<[^>]*\s(style|on\w+)=/);
    expect(body).not.toMatch(/<script(?![^>]*\ssrc=)/);
    const loaded = [...body.matchAll(/<(?:script|link|img)[^>]*\s(?:src|href)="([^"]*)"/g)];
    expect(loaded.length).toBeGreaterThan(4);
    for (const [, address] of loaded) expect(address).toMatch(/^\/assets\//);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|http/);
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cache-control")).toContain("no-store");
  },
);

test("the shop's pages load no style or script of the console, and the console no style of the shop", async () => {
  const ui = browse();
  const shop = (await ui.get("/")).body;
  expect(shop).not.toMatch(/admin\.(css|js)/);
  const sheetOf = async (body: string) =>
    (
      await ui.app.request(/href="(\/assets\/[^"]+\/(?:app|admin)\.css)"/.exec(body)?.[1] ?? "")
    ).text();
  const console_ = await sheetOf((await ui.get("/admin/sign-in")).body);
  expect(await sheetOf(shop)).not.toContain(".sign-in");
  expect(console_).toContain("--accent-fill");
  expect(console_).not.toContain(".pay-button");
});

function textsOf(words: object, prefix = ""): [key: string, text: string][] {
  return Object.entries(words).flatMap(([key, value]: [string, unknown]) => {
    if (typeof value === "object" && value !== null) return textsOf(value, `${prefix}${key}.`);
    const text =
      typeof value === "function" ? (value as (...a: string[]) => string)("1", "2", "3") : value;
    return [[prefix + key, String(text)]] as [string, string][];
  });
}

test("English has the same keys as Korean, and no message is empty", () => {
  const { ko, en } = adminMessages;
  const keys = (words: object) =>
    textsOf(words)
      .map(([key]) => key)
      .sort();
  expect(keys(en)).toEqual(keys(ko));
  const isToss = (key: string) => /\.methods\./.test(key) || /otherLanguage/.test(key);
  const english = textsOf(en).filter(([key]) => !isToss(key));
  expect(english.filter(([, text]) => /[가-힣]/.test(text) || text === "")).toEqual([]);
  expect(textsOf(ko).filter(([, text]) => text === "")).toEqual([]);
});
