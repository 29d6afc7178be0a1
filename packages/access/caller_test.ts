import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { UnavailableError } from "@payflow/database";
import { acting } from "@payflow/outbox";
import { sentActing } from "@payflow/shared";
import { errorReporter, problemHandler, silentLog } from "@payflow/shared/http";
import { identifyCaller, type ApiEnv } from "./caller.ts";
import { keyHolders } from "./key_holders.ts";

const clock = { now: "2026-11-22T00:00:00.000Z" };
const grantedUntil = "2026-12-22T00:00:00.000Z";

/** An app whose paths call methods of the caller. */
function appOf(options: { sessionSecret?: string; isHttps?: boolean } = {}) {
  return new Hono<ApiEnv>()
    .use(async (c, next) => {
      c.set("clientAddress", "192.0.2.1");
      await next();
    })
    .onError(problemHandler(errorReporter(silentLog)))
    .use(
      identifyCaller({
        sessionSecret: "a-secret",
        isHttps: false,
        ...options,
        findHolder: keyHolders({
          merchantApiKey: "the-merchant-key",
          log: silentLog,
          async find(key) {
            if (key === "away") throw new UnavailableError("database_unavailable");
            return key === "pf_kim" ? { keyId: "1", name: "kim", role: "read" } : undefined;
          },
        }),
        now: () => clock.now,
      }),
    )
    .get("/begin", (c) => c.text(c.get("caller").beginSession()))
    .get("/grant/:id", (c) => {
      c.get("caller").grant(c.req.param("id"), Date.parse(grantedUntil) / 1_000);
      return c.body(null, 204);
    })
    .get("/who", (c) => {
      const { sessionId = null, key, orderIds } = c.get("caller");
      const { actor } = acting();
      return c.json({ sessionId, key: key?.name ?? null, actor, orderIds });
    })
    .get("/owns/:id/:session", (c) => {
      const { id: orderId, session: sessionId } = c.req.param();
      const caller = c.get("caller");
      const order = { orderId, sessionId };
      return c.json([caller.owns(order), caller.sees(order)]);
    });
}

const cookieOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0] ?? "")
    .join("; ");
const send = async (path: string, headers = {}, app = appOf()) =>
  (await app.request(path, { headers })).json();

describe("identifyCaller()", () => {
  test("recognizes a browser by its cookie, and sets no cookie without a change", async () => {
    const app = appOf();
    const begun = await app.request("/begin");
    const sessionId = await begun.text();
    const Cookie = cookieOf(begun);
    expect(await send("/who", { Cookie })).toMatchObject({ sessionId });
    const again = await app.request("/begin", { headers: { Cookie } });
    expect(await again.text()).toBe(sessionId);
    expect(again.headers.getSetCookie()).toEqual([]);
    expect((await app.request("/who")).headers.getSetCookie()).toEqual([]);
  });

  test("cookies are SameSite and HttpOnly, and on https Secure", async () => {
    for (const isHttps of [false, true]) {
      const response = await appOf({ isHttps }).request("/begin");
      const [cookie = ""] = response.headers.getSetCookie();
      expect(cookie).toMatch(/; HttpOnly/);
      expect(cookie).toMatch(/; SameSite=Lax/);
      expect(cookie.includes("; Secure")).toBe(isHttps);
      // a browser accepts such a name only from this host, over https
      expect(cookie.startsWith("__Host-payflow_session=")).toBe(isHttps);
      expect(cookie).toMatch(/; Path=\//);
      expect(cookie).not.toContain("Domain");
    }
  });

  test("ignores a cookie without a valid signature", async () => {
    const Cookie = cookieOf(await appOf().request("/begin"));
    const nobody = { sessionId: null, key: null, actor: "shopper", orderIds: [] };
    const forgeries = [
      Cookie.replace(/=[^.]+/, `=${crypto.randomUUID()}`),
      Cookie.split(".")[0],
      "payflow_session=%E0%A4%A",
      "payflow_orders=0123456789.x",
    ];
    for (const forged of forgeries) expect(await send("/who", { Cookie: forged })).toEqual(nobody);
    const elsewhere = appOf({ sessionSecret: "another" });
    expect(await send("/who", { Cookie }, elsewhere)).toEqual(nobody);
  });

  test("an order is visible to its session and to browsers with its link", async () => {
    const begun = await appOf().request("/begin");
    const own = { Cookie: cookieOf(begun) };
    const path = `/owns/order-1/${await begun.text()}`;
    expect(await send(path, own)).toEqual([true, true]);
    expect(await send("/owns/order-1/other", own)).toEqual([false, false]);
    const granted = { Cookie: cookieOf(await appOf().request("/grant/order-1")) };
    // a browser with the link sees the order, but does not own it
    expect(await send("/owns/order-1/other", granted)).toEqual([false, true]);
    expect(await send("/owns/order-2/other", granted)).toEqual([false, false]);
    expect(await send("/owns/order-1/other")).toEqual([false, false]);
  });

  test("a granted browser sees an order only until the grant expires", async () => {
    const Cookie = cookieOf(await appOf().request("/grant/order-1"));
    const path = "/owns/order-1/other";
    expect(await send(path, { Cookie })).toEqual([false, true]);
    try {
      clock.now = grantedUntil;
      expect(await send(path, { Cookie })).toEqual([false, false]);
      expect(await send("/who", { Cookie })).toMatchObject({ orderIds: [] });
    } finally {
      clock.now = "2026-11-22T00:00:00.000Z";
    }
  });

  test("the value of one cookie is not accepted as another cookie", async () => {
    const begun = cookieOf(await appOf().request("/begin"));
    const granted = cookieOf(await appOf().request("/grant/order-1"));
    const nobody = { sessionId: null, key: null, actor: "shopper", orderIds: [] };
    for (const Cookie of [
      begun.replace("payflow_session", "payflow_orders"),
      granted.replace("payflow_orders", "payflow_session"),
    ])
      expect(await send("/who", { Cookie })).toEqual(nobody);
  });

  test("keeps the newest 30 granted orders, once each", async () => {
    const app = appOf();
    let Cookie = "";
    for (const n of [0, 1, 1, ...Array.from({ length: 30 }, (_, i) => i + 2)]) {
      const response = await app.request(`/grant/order-${n}`, { headers: { Cookie } });
      Cookie = cookieOf(response) || Cookie;
    }
    const { orderIds } = (await send("/who", { Cookie })) as {
      orderIds: string[];
    };
    expect(orderIds).toHaveLength(30);
    expect(orderIds[0]).toBe("order-31");
    expect(orderIds.at(-1)).toBe("order-2");
  });

  test("is the merchant with the key, rejected with a wrong key, a shopper without one", async () => {
    const given = (Authorization: string) =>
      appOf().request("/who", { headers: { Authorization } });
    for (const header of ["Bearer the-merchant-key", "bearer  the-merchant-key"])
      expect(await (await given(header)).json()).toMatchObject({
        key: "merchant",
        actor: "key:merchant",
      });
    for (const header of ["Bearer", "Bearer ", "Bearer the-merchant-key2", "Bearer the merchant"]) {
      const response = await given(header);
      expect(response.status, header).toBe(401);
      expect(await response.json()).toMatchObject({ code: "merchant_key_required" });
    }
    // another scheme is meant for a proxy in front
    expect(await (await given("Basic dTpw")).json()).toMatchObject({ key: null, actor: "shopper" });
  });

  test("finds the holder of a stored key; without the database the merchant's key still works", async () => {
    const given = (key: string) =>
      appOf().request("/who", { headers: { Authorization: `Bearer ${key}` } });
    expect(await (await given("pf_kim")).json()).toMatchObject({ key: "kim", actor: "key:kim" });
    const away = await given("away");
    expect(away.status).toBe(503);
    expect(await away.json()).toMatchObject({ code: "database_unavailable" });
    expect((await given("the-merchant-key")).status).toBe(200);
  });

  test("only an admin key can name a user of the command line as actor", async () => {
    const named = (key: string | undefined, who: string) =>
      appOf().request("/who", {
        headers: { "X-Acting-As": who, ...(key ? { Authorization: `Bearer ${key}` } : {}) },
      });
    const lee = sentActing({ actor: "cli:이토스" });
    expect(await (await named("the-merchant-key", lee)).json()).toMatchObject({
      actor: "cli:이토스",
    });
    expect(await (await named("pf_kim", lee)).json()).toMatchObject({ actor: "key:kim" });
    expect(await (await named(undefined, lee)).json()).toMatchObject({ actor: "shopper" });
    const refused = [
      { actor: "toss" },
      { actor: "key:kim" },
      { actor: "cli:\0" },
      { actor: "cli:kim", reason: "\0" },
    ];
    for (const who of ["%", "{}", ...refused.map(sentActing)])
      expect((await named("the-merchant-key", who)).status, who).toBe(422);
  });
});
