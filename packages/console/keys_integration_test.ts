import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { Hono } from "hono";
import { contextStorage } from "hono/context-storage";
import { sql, type Kysely } from "kysely";
import { accessMigrations, settingsHolder, type Role, openCredentials } from "@payflow/access";
import type { AdminSessions, AdminVariables } from "@payflow/ui";
import {
  acting,
  listAudit,
  migrate,
  openDatabase,
  readMigrations,
  type AuditRow,
  type Database,
} from "@payflow/outbox";
import { AppError } from "@payflow/shared";
import { problemHandler, silentLog } from "@payflow/shared/http";
import { eventually, testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { createConsoleKeys } from "./keys.ts";

setDefaultTimeout(600_000);

const settingsKey = "merchant-key-of-the-tests";
let test1: TestDatabase;
let opened: Database;
let db: Kysely<never>;
let ofPayment: AuditRow[] = [];

beforeAll(async () => {
  test1 = await testDatabase(
    async (url) => migrate(url, await readMigrations(accessMigrations)),
    "access",
  );
  opened = openDatabase({ url: test1.url, applicationName: "console", poolMax: 4 });
  db = opened.kysely;
}, 600_000);
afterAll(async () => {
  await opened.close();
  await test1.drop();
});

/** The console's server, with a path for each function that pages call. */
function consoleOf(
  settings: { merchantApiKey?: string; publicUrl?: string; address?: string } = {},
) {
  const {
    merchantApiKey = settingsKey,
    publicUrl = "http://localhost",
    address = "192.0.2.1",
  } = settings;
  const newId = () => Bun.randomUUIDv7();
  const now = () => new Date().toISOString();
  const options = { merchantApiKey, sessionSecret: "a-secret", newId, now, log: silentLog };
  const credentials = openCredentials(db, options);
  const { functions, identify } = createConsoleKeys({
    isHttps: publicUrl.startsWith("https://"),
    credentials,
    now,
    audits: {
      order: (page) => listAudit(db, page),
      payment: async ({ limit }) => ofPayment.slice(0, limit),
    },
  });
  const app = new Hono<{ Variables: AdminVariables & { clientAddress: string } }>()
    .onError(problemHandler(silentLog))
    .use(contextStorage())
    .use((c, next) => {
      c.set("clientAddress", address);
      return next();
    })
    .use(identify as never)
    .get("/who", (c) => c.json({ operator: c.var.operator ?? null, actor: acting().actor }))
    .post("/:name", async (c) => {
      const call = functions[c.req.param("name") as keyof AdminSessions] as (
        ...given: unknown[]
      ) => Promise<unknown>;
      return c.json(((await call(...((await c.req.json()) as unknown[]))) ?? null) as never);
    });
  return { app, credentials };
}

/** A browser of one console: it keeps the cookie. */
function browserOf(console = consoleOf(), agent = "Firefox") {
  let Cookie = "";
  let setCookie = "";
  async function call(name: keyof AdminSessions, ...given: unknown[]) {
    const response = await console.app.request(`/${name}`, {
      method: "POST",
      headers: { Cookie, "User-Agent": agent },
      body: JSON.stringify(given),
    });
    setCookie = response.headers.getSetCookie()[0] ?? "";
    if (setCookie !== "") Cookie = setCookie.split(";")[0] ?? "";
    const body = (await response.json()) as Record<string, unknown>;
    if (response.ok) return body as never;
    throw new AppError("conflict", String(body["code"]), String(body["detail"]));
  }
  const who = async () => (await console.app.request("/who", { headers: { Cookie } })).json();
  return { call, who, cookie: () => Cookie, setCookie: () => setCookie };
}

const keyOf = (name: string, role: Role) =>
  consoleOf().credentials.createKey({ name, role, expiresAt: null });

type Sessions = Awaited<ReturnType<AdminSessions["listSessions"]>>;
async function refused(work: Promise<unknown>, code: string) {
  await expect(work).rejects.toMatchObject({ code });
}

test("a key begins a session, in whose key's name its requests run, until it is ended", async () => {
  const { key } = await keyOf("김담당", "operate");
  const browser = browserOf();
  expect(await browser.who()).toEqual({ operator: null, actor: "system" });
  const signedIn = await browser.call("signIn", key);
  expect(signedIn).toMatchObject({ name: "김담당", role: "operate" });
  expect(await browser.who()).toEqual({ operator: signedIn, actor: "key:김담당" });
  await browser.call("signOut");
  expect(browser.cookie()).toBe("payflow_console=");
  const cookie = browser.cookie();
  await browser.call("signIn", key);
  expect(browser.cookie()).not.toBe(cookie);
});

test("a session that was signed out is over, though its cookie is sent again", async () => {
  const { key } = await keyOf("copied", "read");
  const console = consoleOf();
  const browser = browserOf(console);
  await browser.call("signIn", key);
  const Cookie = browser.cookie();
  await browser.call("signOut");
  const again = await console.app.request("/who", { headers: { Cookie } });
  expect(await again.json()).toMatchObject({ operator: null });
});

test("the cookie is this host's alone, out of scripts, and of requests that other sites cause", async () => {
  for (const publicUrl of ["http://localhost", "https://shop.example"]) {
    const isHttps = publicUrl.startsWith("https");
    const browser = browserOf(consoleOf({ publicUrl }));
    await browser.call("signIn", settingsKey);
    const cookie = browser.setCookie();
    expect(cookie).toMatch(
      isHttps ? /^__Host-payflow_console=[\w-]{43};/ : /^payflow_console=[\w-]{43};/,
    );
    for (const part of ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"])
      expect(cookie).toContain(`; ${part}`);
    expect(cookie.includes("; Secure")).toBe(isHttps);
    expect(cookie).not.toContain("Domain");
  }
});

test("neither a cookie nor a key can be read in the database", async () => {
  const { key } = await keyOf("unread", "read");
  const browser = browserOf();
  await browser.call("signIn", key);
  const { rows } = await sql<{ text: string }>`
    select (select json_agg(c) from credentials c)::text || (select json_agg(a) from audit a)::text as text`.execute(
    db,
  );
  const token = browser.cookie().split("=")[1] ?? "none";
  expect(token).toHaveLength(43);
  for (const secret of [token, key.slice(3), settingsKey])
    expect(rows[0]?.text).not.toContain(secret);
});

test("a session is over with its key: revoked, expired, or changed in the settings", async () => {
  const console = consoleOf();
  const revoked = await keyOf("leaver", "admin");
  const leaver = browserOf(console);
  await leaver.call("signIn", revoked.key);
  await console.credentials.revokeKey({ keyId: revoked.made.keyId, by: settingsHolder });
  expect(await leaver.who()).toMatchObject({ operator: null });

  const expiring = await keyOf("guest", "read");
  const guest = browserOf(console);
  await guest.call("signIn", expiring.key);
  await sql`update credentials set expires_at = now() where id = ${expiring.made.keyId}`.execute(
    db,
  );
  expect(await guest.who()).toMatchObject({ operator: null });

  const merchant = browserOf(console);
  await merchant.call("signIn", settingsKey);
  expect(await merchant.who()).toMatchObject({ operator: { name: "merchant", role: "admin" } });
  const changed = consoleOf({ merchantApiKey: "another-merchant-key" });
  const after = await changed.app.request("/who", { headers: { Cookie: merchant.cookie() } });
  expect(await after.json()).toMatchObject({ operator: null });
});

test("a session is over after twelve hours", async () => {
  const browser = browserOf();
  const { sessionId } = (await browser.call("signIn", settingsKey)) as { sessionId: string };
  const { rows } = await sql<{ hours: number }>`
    select extract(epoch from expires_at - created_at)::integer / 3600 as hours
    from credentials where id = ${sessionId}`.execute(db);
  expect(rows).toEqual([{ hours: 12 }]);
  await sql`update credentials set expires_at = now() where id = ${sessionId}`.execute(db);
  expect(await browser.who()).toMatchObject({ operator: null });
});

test("wrong keys are refused, and bounded by address together with those of the API", async () => {
  const { key } = await keyOf("figures", "metrics");
  const browser = browserOf(consoleOf({ address: "192.0.2.9" }));
  await refused(browser.call("signIn", key), "key_not_valid");
  const wrong = (n: number) => browser.call("signIn", `pf_${String(n).padStart(43, "0")}`);
  const codes = await Promise.all(
    Array.from({ length: 30 }, (_, n) => wrong(100 + n).catch(({ code }: AppError) => code)),
  );
  expect(codes.filter((code) => code === "key_not_valid").length).toBeLessThan(30);
  expect(codes.at(-1)).toBe("rate_limited");
  // this address has shown a right key, though one for metrics: it goes on, and no other is shut out
  await browser.call("signIn", settingsKey);
  await browserOf().call("signIn", settingsKey);
});

test("an operator ends its own session, an admin any, and others none", async () => {
  const console = consoleOf();
  const [reader, admin] = [browserOf(console), browserOf(console)];
  const made = await keyOf("reader", "read");
  const own = (await reader.call("signIn", made.key)) as { sessionId: string };
  const other = (await admin.call("signIn", settingsKey)) as { sessionId: string };
  await refused(reader.call("endSession", other.sessionId), "role_too_weak");
  await refused(admin.call("endSession", crypto.randomUUID()), "session_not_found");
  await refused(admin.call("endSession", "x"), "session_not_found");
  expect(await reader.who()).toMatchObject({ operator: { name: "reader" } });
  await admin.call("endSession", own.sessionId);
  expect(await reader.who()).toMatchObject({ operator: null });
  await refused(reader.call("listSessions"), "role_too_weak");
  await admin.call("endSession", other.sessionId);
  expect(await admin.who()).toMatchObject({ operator: null });
});

test("sessions are listed newest first with where they began, and those that are over say since when", async () => {
  const console = consoleOf({ address: "2001:db8:0:1:2:3:4:5" });
  const browser = browserOf(console, `Mozilla ${"x".repeat(300)}`);
  await browser.call("signIn", settingsKey);
  const { rows } = (await browser.call("listSessions")) as Sessions;
  expect(rows[0]).toMatchObject({ name: "merchant", role: "admin", endedAt: null });
  expect(rows[0]?.userAgent).toHaveLength(200);
  expect(rows[0]?.address).not.toContain("2:3:4:5");
  const ended = rows.filter(({ name }) => ["leaver", "guest"].includes(name));
  expect(ended.map(({ endedAt }) => typeof endedAt)).toEqual(["string", "string"]);
  await sql`
    update credentials set expires_at = now() - interval '31 days', ended_at = null
    where name = 'leaver' and kind = 'session'`.execute(db);
  const later = (await browser.call("listSessions")) as Sessions;
  expect(later.rows.map(({ name }) => name)).not.toContain("leaver");
});

test("pages of sessions follow each other", async () => {
  const console = consoleOf();
  const browser = browserOf(console);
  await browser.call("signIn", settingsKey);
  await sql`
    insert into credentials (id, kind, hash, settings_key, name, role, created_by, last_used_at, expires_at, address, user_agent)
    select gen_random_uuid(), 'session', sha256(n::text::bytea), 'x', 'many', 'read', 'key:many', now(),
      now() + interval '1 hour', '', ''
    from generate_series(1, 120) n`.execute(db);
  const seen: string[] = [];
  let next: string | null | undefined;
  do {
    const page: Sessions = await browser.call("listSessions", next ?? undefined);
    seen.push(...page.rows.map(({ sessionId }) => sessionId));
    ({ next } = page);
  } while (next !== null);
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.length).toBeGreaterThanOrEqual(120);
});

test("an admin makes and revokes keys, which end with their day in Korea; nobody else does", async () => {
  const browser = browserOf();
  await browser.call("signIn", settingsKey);
  type Created = Awaited<ReturnType<AdminSessions["createKey"]>>;
  const created: Created = await browser.call("createKey", {
    name: " 정산 ",
    role: "read",
    expiresOn: "2099-12-31",
  });
  expect(created.made).toMatchObject({
    name: "정산",
    expiresAt: "2099-12-31T15:00:00.000Z",
    createdBy: "key:merchant",
    isFromSettings: false,
  });
  await refused(browser.call("createKey", { name: "정산", role: "read" }), "key_name_taken");
  for (const wrong of [
    { name: "", role: "read" },
    { name: "x", role: "owner" },
    { name: "x", role: "read", expiresOn: "2999-02-30" },
    { name: "x", role: "read", expiresOn: "2020-01-01" },
  ])
    await refused(browser.call("createKey", wrong), "invalid_request");
  const reader = browserOf();
  await reader.call("signIn", created.key);
  await refused(reader.call("createKey", { name: "x", role: "read" }), "role_too_weak");
  await refused(reader.call("revokeKey", created.made.keyId), "role_too_weak");
  await refused(browser.call("revokeKey", settingsHolder.keyId), "key_not_revocable");
  const { rows } = (await browser.call("listKeys")) as Awaited<
    ReturnType<AdminSessions["listKeys"]>
  >;
  expect(rows[0]).toMatchObject({ name: "merchant", isFromSettings: true });
  expect(rows.map(({ name }) => name)).toContain("정산");
  await browser.call("revokeKey", created.made.keyId);
  expect(await reader.who()).toMatchObject({ operator: null });
});

test("a key whose session this is can't be revoked in it", async () => {
  const browser = browserOf();
  const { key, made } = await keyOf("second admin", "admin");
  await browser.call("signIn", key);
  await refused(browser.call("revokeKey", made.keyId), "key_not_revocable");
});

test("the audits of both services are one list, newest first, and its pages leave nothing out", async () => {
  const browser = browserOf();
  await browser.call("signIn", settingsKey);
  const own = await listAudit(db, { limit: 1_000 });
  ofPayment = Array.from({ length: 60 }, (_, n) => ({
    id: String(1_000 - n),
    at: new Date(Date.parse(own[0]?.at ?? "") - n * 7).toISOString(),
    actor: "cli:lee",
    action: "dead_letter.replayed",
    subject: `letter ${n}`,
    reason: null,
    detail: null,
  }));
  const all = ofPayment;
  const seen: { at: string; subject: string; part: string }[] = [];
  let next: string | null | undefined;
  do {
    const before = Number(/-(\d+)$/.exec(next ?? "")?.[1] ?? Infinity);
    ofPayment = all.filter(({ id }) => Number(id) < before);
    const page: Awaited<ReturnType<AdminSessions["listAudit"]>> = await browser.call(
      "listAudit",
      next ?? undefined,
    );
    seen.push(...page.rows);
    ({ next } = page);
  } while (next !== null);
  expect(seen.length).toBe(own.length + 60);
  expect(seen.filter(({ part }) => part === "payment").length).toBe(60);
  expect(seen.map(({ at }) => at)).toEqual(
    seen
      .map(({ at }) => at)
      .toSorted()
      .toReversed(),
  );
  expect(own.map(({ action }) => action)).toContain("session.began");
});

test("a session's last use is noted to the minute", async () => {
  const browser = browserOf();
  const { sessionId } = (await browser.call("signIn", settingsKey)) as { sessionId: string };
  const long = sql`now() - interval '5 minutes'`;
  await sql`update credentials set last_used_at = ${long} where id = ${sessionId}`.execute(db);
  await browser.who();
  await eventually(async () => {
    const { rows } = await sql`
      select 1 from credentials where id = ${sessionId} and last_used_at > now() - interval '1 minute'`.execute(
      db,
    );
    expect(rows).toHaveLength(1);
  });
});
