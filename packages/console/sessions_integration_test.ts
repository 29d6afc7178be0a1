import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { sql } from "kysely";
import { settingsHolder } from "@payflow/access";
import type { AppError } from "@payflow/shared";
import { eventually } from "@payflow/local-stack/testing";
import {
  openConsoleBed,
  refused,
  settingsKey,
  type ConsoleBed,
  type Sessions,
} from "./testing/console_bed.ts";

setDefaultTimeout(600_000);

let bed: ConsoleBed;
beforeAll(async () => {
  bed = await openConsoleBed();
});
afterAll(() => bed.close());

test("a key begins a session, whose requests run as the key's actor until it ends", async () => {
  const { key } = await bed.keyOf("김담당", "operate");
  const browser = bed.browserOf();
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

test("a signed-out session stays ended when its cookie is sent again", async () => {
  const { key } = await bed.keyOf("copied", "read");
  const console = bed.consoleOf();
  const browser = bed.browserOf(console);
  await browser.call("signIn", key);
  const Cookie = browser.cookie();
  await browser.call("signOut");
  const again = await console.app.request("/who", { headers: { Cookie } });
  expect(await again.json()).toMatchObject({ operator: null });
});

test("the cookie is __Host-, HttpOnly and SameSite=Strict", async () => {
  for (const publicUrl of ["http://localhost", "https://shop.example"]) {
    const isHttps = publicUrl.startsWith("https");
    const browser = bed.browserOf(bed.consoleOf({ publicUrl }));
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

test("the database stores neither cookies nor keys in plain text", async () => {
  const { key } = await bed.keyOf("unread", "read");
  const browser = bed.browserOf();
  await browser.call("signIn", key);
  const { rows } = await sql<{ text: string }>`
    select (select json_agg(c) from credentials c)::text || (select json_agg(a) from audit a)::text as text`.execute(
    bed.db,
  );
  const token = browser.cookie().split("=")[1] ?? "none";
  expect(token).toHaveLength(43);
  for (const secret of [token, key.slice(3), settingsKey])
    expect(rows[0]?.text).not.toContain(secret);
});

test("a session ends with its key: revoked, expired, or changed in the settings", async () => {
  const console = bed.consoleOf();
  const revoked = await bed.keyOf("leaver", "admin");
  const leaver = bed.browserOf(console);
  await leaver.call("signIn", revoked.key);
  await console.credentials.revokeKey({ keyId: revoked.made.keyId, by: settingsHolder });
  expect(await leaver.who()).toMatchObject({ operator: null });

  const expiring = await bed.keyOf("guest", "read");
  const guest = bed.browserOf(console);
  await guest.call("signIn", expiring.key);
  await sql`update credentials set expires_at = now() where id = ${expiring.made.keyId}`.execute(
    bed.db,
  );
  expect(await guest.who()).toMatchObject({ operator: null });

  const merchant = bed.browserOf(console);
  await merchant.call("signIn", settingsKey);
  expect(await merchant.who()).toMatchObject({ operator: { name: "merchant", role: "admin" } });
  const changed = bed.consoleOf({ merchantApiKey: "another-merchant-key" });
  const after = await changed.app.request("/who", { headers: { Cookie: merchant.cookie() } });
  expect(await after.json()).toMatchObject({ operator: null });
});

test("a session ends after twelve hours", async () => {
  const browser = bed.browserOf();
  const { sessionId } = (await browser.call("signIn", settingsKey)) as { sessionId: string };
  const { rows } = await sql<{ hours: number }>`
    select extract(epoch from expires_at - created_at)::integer / 3600 as hours
    from credentials where id = ${sessionId}`.execute(bed.db);
  expect(rows).toEqual([{ hours: 12 }]);
  await sql`update credentials set expires_at = now() where id = ${sessionId}`.execute(bed.db);
  expect(await browser.who()).toMatchObject({ operator: null });
});

test("wrong keys are rejected, and rate limited by address together with those of the API", async () => {
  const { key } = await bed.keyOf("figures", "metrics");
  const browser = bed.browserOf(bed.consoleOf({ address: "192.0.2.9" }));
  await refused(browser.call("signIn", key), "key_not_valid");
  const wrong = (n: number) => browser.call("signIn", `pf_${String(n).padStart(43, "0")}`);
  const codes = await Promise.all(
    Array.from({ length: 30 }, (_, n) => wrong(100 + n).catch(({ code }: AppError) => code)),
  );
  expect(codes.filter((code) => code === "key_not_valid").length).toBeLessThan(30);
  expect(codes.at(-1)).toBe("rate_limited");
  // this address has sent a valid key, though one for metrics: neither it nor any other address is locked out
  await browser.call("signIn", settingsKey);
  await bed.browserOf().call("signIn", settingsKey);
});

test("an operator can end only its own session, an admin any session", async () => {
  const console = bed.consoleOf();
  const [reader, admin] = [bed.browserOf(console), bed.browserOf(console)];
  const made = await bed.keyOf("reader", "read");
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

test("lists sessions newest first with their address, and ended ones with their end", async () => {
  const console = bed.consoleOf({ address: "2001:db8:0:1:2:3:4:5" });
  const browser = bed.browserOf(console, `Mozilla ${"x".repeat(300)}`);
  await browser.call("signIn", settingsKey);
  const { rows } = (await browser.call("listSessions")) as Sessions;
  expect(rows[0]).toMatchObject({ name: "merchant", role: "admin", endedAt: null });
  expect(rows[0]?.userAgent).toHaveLength(200);
  expect(rows[0]?.address).not.toContain("2:3:4:5");
  const ended = rows.filter(({ name }) => ["leaver", "guest"].includes(name));
  expect(ended.map(({ endedAt }) => typeof endedAt)).toEqual(["string", "string"]);
  await sql`
    update credentials set expires_at = now() - interval '31 days', ended_at = null
    where name = 'leaver' and kind = 'session'`.execute(bed.db);
  const later = (await browser.call("listSessions")) as Sessions;
  expect(later.rows.map(({ name }) => name)).not.toContain("leaver");
});

test("lists sessions in complete pages", async () => {
  const console = bed.consoleOf();
  const browser = bed.browserOf(console);
  await browser.call("signIn", settingsKey);
  await sql`
    insert into credentials (id, kind, hash, settings_key, name, role, created_by, last_used_at, expires_at, address, user_agent)
    select gen_random_uuid(), 'session', sha256(n::text::bytea), 'x', 'many', 'read', 'key:many', now(),
      now() + interval '1 hour', '', ''
    from generate_series(1, 120) n`.execute(bed.db);
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

test("stores the last use of a session to the minute", async () => {
  const browser = bed.browserOf();
  const { sessionId } = (await browser.call("signIn", settingsKey)) as { sessionId: string };
  const long = sql`now() - interval '5 minutes'`;
  await sql`update credentials set last_used_at = ${long} where id = ${sessionId}`.execute(bed.db);
  await browser.who();
  await eventually(async () => {
    const { rows } = await sql`
      select 1 from credentials where id = ${sessionId} and last_used_at > now() - interval '1 minute'`.execute(
      bed.db,
    );
    expect(rows).toHaveLength(1);
  });
});
