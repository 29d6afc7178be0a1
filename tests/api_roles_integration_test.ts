import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import postgres from "postgres";
import { roles, type Role } from "@payflow/access";
import { apiRoutes } from "@payflow/order/testing";
import { eventually } from "@payflow/local-stack/testing";
import { apiOf, cart, newKey, placed } from "./api_client.ts";
import { testEdge, type TestEdge } from "./edge.ts";

setDefaultTimeout(600_000);

let edge: TestEdge;
let orders: postgres.Sql;
let refusal: ReturnType<typeof apiOf>["refusal"];
let orderId: string;
const keys = new Map<string, string>();

beforeAll(async () => {
  edge = await testEdge({ order: { RATE_LIMIT_PER_MINUTE: "0", TRUSTED_PROXIES: "127.0.0.1" } });
  orders = postgres(edge.databases.order, { max: 1 });
  ({ refusal } = apiOf(edge));
  for (const role of roles) keys.set(role, (await made({ name: role, role })).key);
  for (const name of ["revoked", "expired"])
    keys.set(name, (await made({ name, role: "admin" })).key);
  const { keyId } = await keyNamed("revoked");
  expect((await call("POST", `/api/keys/${keyId}/revoke`, edge.merchantKey)).status).toBe(200);
  await orders`update credentials set expires_at = now() where name = 'expired'`;
  ({ orderId } = await placed(await call("POST", "/api/orders", edge.merchantKey, cart)));
}, 600_000);
afterAll(async () => {
  await orders.end();
  await edge.close();
});

let calls = 0;
/** Each call has its own client address, so that no rate limit hides a role's result. */
function call(
  method: string,
  path: string,
  key: string | undefined,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  calls += 1;
  return edge.order(
    new Request(edge.url + path, {
      method,
      headers: {
        ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        "X-Forwarded-For": `198.51.${calls >> 8}.${calls & 255}`,
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
}

type Made = { key: string; keyId: string; name: string; role: Role };

async function made(body: { name: string; role: Role; expiresAt?: string }): Promise<Made> {
  const response = await call("POST", "/api/keys", edge.merchantKey, body);
  if (response.status !== 201) throw new Error(await response.text());
  return (await response.json()) as Made;
}

async function keyNamed(name: string) {
  const response = await call("GET", "/api/keys", edge.merchantKey);
  const { keys: listed } = (await response.json()) as { keys: Made[] };
  const found = listed.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no key ${name}`);
  return found;
}

/** By route: the weakest role that may call it, and whether callers without a key may. */
const table: Readonly<Record<string, readonly [role: Role | "any", isOpen: boolean]>> = {
  "POST /api/orders": ["operate", true],
  "GET /api/orders": ["read", false],
  "GET /api/orders/:orderId": ["any", true],
  "GET /api/orders/:orderId/history": ["read", false],
  "POST /api/orders/:orderId/cancel": ["operate", false],
  "GET /api/products": ["any", true],
  "POST /api/customers/erase": ["admin", false],
  "POST /api/payments/confirm": ["operate", true],
  "GET /api/payments/:orderId": ["any", true],
  "POST /api/payments/:orderId/cancel": ["operate", false],
  "GET /api/refund-requests": ["read", false],
  // the owner of the order is checked after the body is read
  "POST /api/orders/:orderId/refund-request": ["operate", true],
  "POST /api/orders/:orderId/refund-request/withdraw": ["operate", false],
  "POST /api/orders/:orderId/refund-request/grant": ["operate", false],
  "POST /api/orders/:orderId/refund-request/decline": ["operate", false],
  "POST /webhooks/toss": ["any", true],
  "GET /api/keys": ["admin", false],
  "POST /api/keys": ["admin", false],
  "POST /api/keys/:keyId/revoke": ["admin", false],
  "GET /api/webhook-endpoints": ["read", false],
  "POST /api/webhook-endpoints": ["admin", false],
  "GET /api/webhook-endpoints/:endpointId": ["read", false],
  "POST /api/webhook-endpoints/:endpointId": ["admin", false],
  "POST /api/webhook-endpoints/:endpointId/rotate": ["admin", false],
  "POST /api/webhook-endpoints/:endpointId/remove": ["admin", false],
  "POST /api/webhook-endpoints/:endpointId/resend": ["operate", false],
  "GET /api/webhook-endpoints/:endpointId/deliveries": ["read", false],
  "GET /api/webhook-endpoints/:endpointId/deliveries/:eventId": ["read", false],
  "POST /api/webhook-endpoints/:endpointId/deliveries/:eventId/resend": ["operate", false],
  "GET /metrics": ["metrics", false],
  "GET /healthz": ["any", true],
  "GET /readyz": ["any", true],
};
/** Routes that ignore keys. */
const unidentified = ["POST /webhooks/toss", "GET /healthz", "GET /readyz"];

describe("each route allows the roles in the table", () => {
  test("the table contains every route", () => {
    expect(apiRoutes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      Object.keys(table).sort(),
    );
  });

  test.each(Object.entries(table))("%s", async (route, [needed, isOpen]) => {
    const [method = "", path = ""] = route.split(" ");
    const other = crypto.randomUUID();
    const there = path.replace(":orderId", orderId).replace(/:(key|endpoint|event)Id/g, other);
    const outcome = async (key: string | undefined) => {
      const body = method === "POST" ? {} : undefined;
      const response = await call(method, there, key, body, newKey());
      const text = await response.text();
      const { code } = text.startsWith("{") ? (JSON.parse(text) as { code?: string }) : {};
      const isRefused = code === "merchant_key_required" || code === "role_too_weak";
      return isRefused ? `${response.status} ${code}` : "let in";
    };
    const wrong = unidentified.includes(route) ? "let in" : "401 merchant_key_required";
    const expected: Record<string, string> = {
      nobody: isOpen ? "let in" : "401 merchant_key_required",
      merchant: "let in",
      revoked: wrong,
      expired: wrong,
      wrong,
    };
    for (const role of roles) {
      const isEnough = needed === "any" || roles.indexOf(role) >= roles.indexOf(needed);
      expected[role] = isEnough ? "let in" : "403 role_too_weak";
    }
    const found: Record<string, string> = {
      nobody: await outcome(undefined),
      merchant: await outcome(edge.merchantKey),
      wrong: await outcome(`pf_${"x".repeat(43)}`),
    };
    for (const [name, key] of keys) found[name] = await outcome(key);
    expect(found).toEqual(expected);
  });
});

describe("a key", () => {
  const whole = async (key: string | undefined) =>
    (await (await call("GET", `/api/orders/${orderId}`, key)).json()) as { customerName: string };

  test("of role metrics gets a masked order, of role read the complete one", async () => {
    expect((await whole(keys.get("metrics"))).customerName).toBe("김*스");
    expect((await whole(keys.get("read"))).customerName).toBe("김토스");
  });

  test("needs the role operate to place a priced order", async () => {
    const { items: _, ...customer } = cart;
    const priced = { ...customer, orderName: "도구", amount: 1000 };
    await refusal(
      await call("POST", "/api/orders", undefined, priced),
      401,
      "merchant_key_required",
    );
    await refusal(
      await call("POST", "/api/orders", keys.get("read"), priced),
      403,
      "role_too_weak",
    );
    await placed(await call("POST", "/api/orders", keys.get("operate"), priced));
  });

  test("is named in the history of an order that it placed", async () => {
    const order = await placed(await call("POST", "/api/orders", keys.get("operate"), cart));
    const history = await call("GET", `/api/orders/${order.orderId}/history`, keys.get("read"));
    expect(await history.json()).toMatchObject({ history: [{ actor: "key:operate" }] });
  });

  test("shares Idempotency-Keys with other keys, so that it can be rotated between retries", async () => {
    const key = newKey();
    const first = await placed(await call("POST", "/api/orders", keys.get("operate"), cart, key));
    const again = await placed(await call("POST", "/api/orders", edge.merchantKey, cart, key));
    expect(again.orderId).toBe(first.orderId);
  });
});

describe("keys", () => {
  test("are stored as hashes, and shown once", async () => {
    const { key, keyId } = await made({ name: "once", role: "read" });
    expect(key).toMatch(/^pf_[\w-]{43}$/);
    const [row] = await orders`select to_jsonb(k) as row from credentials k where id = ${keyId}`;
    const hash = new Bun.CryptoHasher("sha256").update(key).digest("hex");
    expect(row?.["row"]).toMatchObject({ name: "once", hash: `\\x${hash}` });
    const everything = await orders`
      select (select json_agg(k) from credentials k)::text || (select json_agg(a) from audit a)::text as text`;
    expect(everything[0]?.["text"]).not.toContain(key.slice(3));
    const listed = await (await call("GET", "/api/keys", edge.merchantKey)).text();
    expect(listed).toContain(keyId);
    expect(listed).not.toContain(key.slice(3));
  });

  test("are rejected immediately after they are revoked", async () => {
    const { key, keyId } = await made({ name: "short", role: "read" });
    expect((await call("GET", "/api/orders", key)).status).toBe(200);
    const revoke = () => call("POST", `/api/keys/${keyId}/revoke`, keys.get("admin"));
    expect(await (await revoke()).json()).toMatchObject({ keyId, revokedAt: expect.any(String) });
    await refusal(await call("GET", "/api/orders", key), 401, "merchant_key_required");
    expect((await revoke()).status).toBe(200);
    // the name can be used again
    expect((await made({ name: "short", role: "read" })).keyId).not.toBe(keyId);
  });

  test("that another process revoked are accepted for at most one second", async () => {
    const { key, keyId } = await made({ name: "elsewhere", role: "read" });
    expect((await call("GET", "/api/orders", key)).status).toBe(200);
    await orders`update credentials set ended_at = now() where id = ${keyId}`;
    await eventually(async () => {
      expect((await call("GET", "/api/orders", key)).status).toBe(401);
    });
  });

  test("need a unique name, and an expiry in the future", async () => {
    const make = (body: object) => call("POST", "/api/keys", edge.merchantKey, body);
    const { keyId } = await made({
      name: "이토스",
      role: "read",
      expiresAt: "2999-01-01T00:00:00Z",
    });
    for (const name of ["이토스", " 이토스 ", "merchant"])
      await refusal(await make({ name, role: "read" }), 409, "key_name_taken");
    for (const body of [
      { name: "a\nb", role: "read" },
      { name: "", role: "read" },
      { name: "x".repeat(65), role: "read" },
      { name: "other", role: "owner" },
      { name: "other", role: "read", expiresAt: "2020-01-01T00:00:00Z" },
      { name: "other", role: "read", expiresAt: "soon" },
    ])
      await refusal(await make(body), 422, "invalid_request");
    await call("POST", `/api/keys/${keyId}/revoke`, edge.merchantKey);
  });

  test("that have expired free their names", async () => {
    await made({ name: "yearly", role: "read" });
    await orders`update credentials set expires_at = now() where name = 'yearly'`;
    await made({ name: "yearly", role: "read" });
    const rows = await orders`select ended_at from credentials where name = 'yearly' order by id`;
    expect(rows.map((row) => row["ended_at"] !== null)).toEqual([true, false]);
  });

  test("can revoke neither themselves nor MERCHANT_API_KEY", async () => {
    const { keyId } = await keyNamed("admin");
    const revoke = (id: string) => call("POST", `/api/keys/${id}/revoke`, keys.get("admin"));
    await refusal(await revoke(keyId), 409, "key_not_revocable");
    await refusal(await revoke("merchant"), 409, "key_not_revocable");
    await refusal(await revoke(crypto.randomUUID()), 404, "key_not_found");
  });

  test("are listed in pages, active keys first", async () => {
    await orders`
      insert into credentials (id, kind, name, role, hash, created_by, ended_at)
      select gen_random_uuid(), 'key', 'old', 'read', sha256(n::text::bytea), 'key:merchant', now()
      from generate_series(1, 120) n`;
    type Listed = { keyId: string; revokedAt: string | null; expiresAt: string | null };
    type Page = { keys: Listed[]; nextCursor: string | null };
    const pages: Page[] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const query: string = cursor === "" ? "" : `?cursor=${cursor}`;
      const page = (await (
        await call("GET", `/api/keys${query}`, edge.merchantKey)
      ).json()) as Page;
      pages.push(page);
      cursor = page.nextCursor;
    }
    expect(pages.length).toBe(2);
    const all = pages.flatMap((page) => page.keys);
    expect(new Set(all.map(({ keyId }) => keyId)).size).toBe(all.length);
    const isOver = all.map(({ revokedAt, expiresAt }) => (revokedAt ?? expiresAt) !== null);
    expect(isOver).toEqual(isOver.toSorted());
  });

  test("record their last use, and the audit their creator and revoker", async () => {
    const { key, keyId } = await made({ name: "noted", role: "metrics" });
    const used = async () => {
      const [row] = await orders`select last_used_at from credentials where id = ${keyId}`;
      return row?.["last_used_at"] as Date | null;
    };
    expect(await used()).toBeNull();
    expect((await call("GET", "/metrics", key)).status).toBe(200);
    await eventually(async () => expect(await used()).not.toBeNull());
    await call("POST", `/api/keys/${keyId}/revoke`, keys.get("admin"));
    const rows = await orders`
      select actor, action, detail from audit where subject = 'noted' order by id`;
    expect([...rows]).toEqual([
      {
        actor: "key:merchant",
        action: "key.created",
        detail: { role: "metrics", expiresAt: null },
      },
      { actor: "key:admin", action: "key.revoked", detail: null },
    ]);
  });
});

test("payment's metrics need the internal key, as X-Internal-Key or Bearer token", async () => {
  const metrics = (headers: Record<string, string>) =>
    edge.payment(new Request("http://payment/metrics", { headers }));
  for (const headers of [
    { "X-Internal-Key": "internal-key-of-the-tests" },
    { Authorization: "Bearer internal-key-of-the-tests" },
  ])
    expect((await metrics(headers)).status).toBe(200);
  for (const headers of [{}, { Authorization: "Bearer wrong" }, { Authorization: "Basic dTpw" }])
    expect((await metrics(headers)).status).toBe(401);
});
