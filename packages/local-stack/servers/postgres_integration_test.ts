import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../supervise/free_port.ts";
import { startPostgres } from "./postgres.ts";

setDefaultTimeout(600_000);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync("/var/tmp/payflow-가게, it's-");
  chmodSync(folder, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function faultOf(options: { dataDir: string; password?: string }) {
  const { dataDir, password = "right" } = options;
  return startPostgres({ dataDir, port: await freePort(), password }).then(
    async (server) => {
      await server.stop();
      return "it started";
    },
    (error: Error) => error.message,
  );
}

test("startPostgres() reports a wrong password, a taken port and another version with the remedy", async () => {
  const dataDir = join(folder, "cluster");
  expect(await faultOf({ dataDir })).toBe("it started");
  expect(await faultOf({ dataDir })).toBe("it started");
  expect(await faultOf({ dataDir, password: "wrong" })).toContain(
    "another password than this data folder's secrets.json",
  );
  const port = await freePort();
  const taken = Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } });
  const held = await startPostgres({ dataDir, port, password: "right" }).catch(
    (error: Error) => error.message,
  );
  taken.stop(true);
  expect(held).toContain("could not bind IPv4 address");
  expect(held).not.toContain("\n");
  writeFileSync(join(dataDir, "PG_VERSION"), "17\n");
  expect(await faultOf({ dataDir })).toContain("was created by PostgreSQL 17");
});
