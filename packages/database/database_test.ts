import { expect, test } from "bun:test";
import { sql } from "kysely";
import { openDatabase } from "./database.ts";

test("close() waits for no statement when the server can't be reached", async () => {
  const url = "postgres://payflow@127.0.0.1:1/payflow";
  const databases = [1, 2].map(() => openDatabase({ url, applicationName: "test" }));
  const statements = databases.map(({ kysely }) => sql`select 1`.execute(kysely));
  const failure = await Promise.all(statements).catch((error: { code: string }) => error.code);
  // the second connection is about to fail
  const begun = performance.now();
  await Promise.all(databases.map(({ close }) => close()));
  expect(performance.now() - begun).toBeLessThan(4_000);
  expect(failure).toBe("ECONNREFUSED");
});
