import { expect, test } from "bun:test";
import { securityHeaders } from "./security_headers.ts";
import { browse } from "./testing/browse.ts";
import { pageScenes } from "./testing/scenes.ts";
import type { ServedUi } from "./testing/serve_ui.ts";

const sandbox = { sdkUrl: "http://127.0.0.1:9090/v2/standard" };

test.each(pageScenes)(
  "$name has no inline script or style, and loads nothing from other hosts",
  async (scene) => {
    const ui = browse(sandbox);
    const { body, headers } = await ui.get(scene.prepare({ shop: ui.shop } as ServedUi));
    expect(body).not.toMatch(/<style|<[^>]*\s(style|on\w+)=/);
    expect(body).not.toMatch(/<script(?![^>]*\ssrc=)/);
    const loaded = [...body.matchAll(/<(?:script|link|img)[^>]*\s(?:src|href)="([^"]*)"/g)];
    expect(loaded.length).toBeGreaterThan(4);
    for (const [, address] of loaded)
      expect(address).toMatch(/^\/(assets\/|manifest\.webmanifest$)/);
    expect(headers.get("content-security-policy")).not.toContain("unsafe");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin-allow-popups");
    expect(headers.get("cache-control")).toContain("no-store");
  },
);

test("the first page is at most 115 KB compressed, with its font and home-screen icon", async () => {
  const ui = browse(sandbox);
  const { body } = await ui.get("/");
  const named = [...body.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(
    ([, address]) => address!,
  );
  // Modules import other modules.
  const addresses = new Set(named);
  let bytes = new TextEncoder().encode(body).length;
  for (const address of addresses) {
    const response = await ui.app.request(address, { headers: { "accept-encoding": "gzip" } });
    expect(response.status).toBe(200);
    const data = new Uint8Array(await response.arrayBuffer());
    bytes += data.length;
    if (!address.endsWith(".js") || address.includes("htmx")) continue;
    const text = await (await ui.app.request(address)).text();
    for (const [, imported] of text.matchAll(/from "\.\/([^"]+)"/g))
      addresses.add(address.replace(/[^/]+$/, imported!));
  }
  expect(addresses.size).toBeGreaterThan(6);
  expect(bytes).toBeLessThanOrEqual(115_000);
});

test("assets are immutable under the current version only", async () => {
  const ui = browse();
  const { body } = await ui.get("/");
  const address = /\/assets\/\w+\/app\.css/.exec(body)?.[0] ?? "";
  const current = await ui.app.request(address);
  expect(current.headers.get("cache-control")).toContain("immutable");
  const old = await ui.app.request(address.replace(/assets\/\w+/, "assets/000000000000"));
  expect(old.status).toBe(200);
  expect(old.headers.get("cache-control")).toBe("no-cache");
  for (const path of ["/assets/x/../scene.ts", "/assets/x/%2e%2e/scene.ts", "/assets/x/none.css"])
    expect((await ui.app.request(path)).status).toBe(404);
});

test("securityHeaders() allows Toss's hosts for Toss's SDK, and one origin for another SDK", () => {
  const toss = securityHeaders({ sdkUrl: "https://js.tosspayments.com/v2/standard" })[
    "content-security-policy"
  ];
  expect(toss).toContain("https://js.tosspayments.com");
  expect(toss).toContain("https://pay.toss.im");
  const own = securityHeaders({ sdkUrl: sandbox.sdkUrl })["content-security-policy"];
  expect(own).toContain("script-src 'self' http://127.0.0.1:9090;");
  expect(own).not.toContain("toss");
  expect(
    securityHeaders({ sdkUrl: "https://tosspayments.com.evil.example/x" })[
      "content-security-policy"
    ],
  ).not.toContain("js.tosspayments");
});

test("every page has the footer that Korean law demands", async () => {
  const { body } = await browse().get("/orders");
  for (const word of [
    "상호",
    "대표자",
    "사업자등록번호",
    "통신판매업신고번호",
    "주소",
    "전화",
    "이용약관",
    "호스팅 서비스 제공",
    "사업자정보확인",
    "구매안전서비스",
    "개인정보처리방침",
    "환불 정책",
  ])
    expect(body).toContain(word);
});

test.each(["terms", "privacy", "refunds"])(
  "/%s exists and says that it is a sample",
  async (name) => {
    const { status, body } = await browse().get(`/${name}`);
    expect(status).toBe(200);
    expect(body).toContain("견본 문서입니다.");
  },
);
