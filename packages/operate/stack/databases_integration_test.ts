import { expect, setDefaultTimeout, test } from "bun:test";
import postgres from "postgres";
import { migrate } from "@payflow/database";
import { startedPostgres } from "@payflow/local-stack/testing";
import { ensureDatabase, ensureOwnedDatabase, ownedAddress } from "./databases.ts";
import { onServer } from "./settings.ts";

setDefaultTimeout(600_000);

test("ensureOwnedDatabase() gives a service a role that only owns its database, also repeatedly and after superusers", async () => {
  const { url: server } = await startedPostgres();
  const name = `owned_${crypto.randomUUID().replaceAll("-", "")}`;
  const url = ownedAddress(server, name);
  const admin = postgres(server, { max: 1, onnotice: () => {} });
  const things = { name: "1_things", sql: "create table things (id integer)" };
  const more = { name: "2_more", sql: "alter table things add column x text" };
  try {
    await admin`create database ${admin(name)}`;
    await migrate(onServer(server, name), [things]);
    await ensureOwnedDatabase(server, url);
    await ensureOwnedDatabase(server, url);
    await migrate(url, [things, more]);
    const [role] = await admin`
      select rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication from pg_roles
      where rolname = ${`payflow_${name}`}`;
    expect(Object.values(role as object)).toEqual(Array(5).fill(false));
    const [owner] = await admin`
      select pg_get_userbyid(datdba) as name from pg_database where datname = ${name}`;
    expect(owner?.["name"]).toBe(`payflow_${name}`);
    expect(url).not.toContain(new URL(server).password);
  } finally {
    await admin`drop database ${admin(name)} with (force)`;
    await admin`drop role if exists ${admin(`payflow_${name}`)}`;
    await admin.end();
  }
});

test("ensureDatabase() creates a database by a provider's address, and reports invalid addresses", async () => {
  const { url: server } = await startedPostgres();
  const name = `made_${crypto.randomUUID().replaceAll("-", "")}`;
  const url = `${onServer(server, name)}?schema=public&pgbouncer=true&connection_limit=1`;
  const admin = postgres(server, { max: 1, onnotice: () => {} });
  try {
    await ensureDatabase(url);
    await ensureDatabase(url);
    expect(await admin`select from pg_database where datname = ${name}`).toHaveLength(1);
    await expect(ensureDatabase(`${url}&schema=shop`)).rejects.toThrow(
      "environment: schema: only public",
    );
    const away = `postgres://u:s3cret@127.0.0.1:1/${name}`;
    const fault = String(await ensureDatabase(away).catch((error) => error));
    expect(fault).toContain("check the address in the environment");
    expect(fault).not.toContain("s3cret");
  } finally {
    await admin`drop database if exists ${admin(name)} with (force)`;
    await admin.end();
  }
});
