import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { settingsHolder } from "@payflow/access";
import { listAudit } from "@payflow/outbox";
import { sql } from "kysely";
import type { AdminSessions } from "@payflow/ui";
import { openConsoleBed, refused, settingsKey, type ConsoleBed } from "./testing/console_bed.ts";

setDefaultTimeout(600_000);

let bed: ConsoleBed;
beforeAll(async () => {
  bed = await openConsoleBed();
});
afterAll(() => bed.close());

test("only an admin creates and revokes keys, which expire at the end of their day in Korea", async () => {
  const browser = bed.browserOf();
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
  const reader = bed.browserOf();
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

test("a key that ends between two pages hides no other key", async () => {
  const { credentials } = bed.consoleOf();
  const ids: string[] = [];
  for (let n = 1; n <= 6; n++) ids.unshift((await bed.keyOf(`paged ${n}`, "admin")).made.keyId);
  const seen: string[] = [];
  for (let after: string | null | undefined; after !== null;) {
    const { keys, nextCursor } = await credentials.listKeys({ after, limit: 2 });
    seen.push(...keys.map(({ keyId }) => keyId));
    after = nextCursor;
    const [first = "", last = ""] = seen.slice(-2);
    if (seen.length === 2) await credentials.revokeKey({ keyId: last, by: settingsHolder });
    if (seen.length === 4)
      await sql`update credentials set expires_at = now() where id = ${first}`.execute(bed.db);
  }
  // the ended ones are listed a second time, behind all others
  expect(seen.filter((id) => ids.includes(id))).toEqual([...ids, ...ids.slice(1, 3)]);
});

test("a session can't revoke the key that began it", async () => {
  const browser = bed.browserOf();
  const { key, made } = await bed.keyOf("second admin", "admin");
  await browser.call("signIn", key);
  await refused(browser.call("revokeKey", made.keyId), "key_not_revocable");
});

test("lists the audits of both services together, newest first, with complete pages", async () => {
  const browser = bed.browserOf();
  await browser.call("signIn", settingsKey);
  const own = await listAudit(bed.db, { limit: 1_000 });
  bed.ofPayment = Array.from({ length: 60 }, (_, n) => ({
    id: String(1_000 - n),
    at: new Date(Date.parse(own[0]?.at ?? "") - n * 7).toISOString(),
    actor: "cli:lee",
    action: "dead_letter.replayed",
    subject: `letter ${n}`,
    reason: null,
    detail: null,
  }));
  const all = bed.ofPayment;
  const seen: { at: string; subject: string; part: string }[] = [];
  let next: string | null | undefined;
  do {
    const before = Number(/-(\d+)$/.exec(next ?? "")?.[1] ?? Infinity);
    bed.ofPayment = all.filter(({ id }) => Number(id) < before);
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
