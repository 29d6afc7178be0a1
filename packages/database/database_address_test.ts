import { expect, test } from "bun:test";
import { parseDatabaseAddress } from "./database_address.ts";

const parse = (text: string) => parseDatabaseAddress(text);
const faultOf = (text: string): string => {
  try {
    parse(text);
  } catch (error) {
    return (error as Error).message;
  }
  return "none";
};

test.each([
  ["postgres://u:p@h/d", "h:5432"],
  ["postgresql://u:p@h:6543/d", "h:6543"],
  ["postgres://u:p@a:1,b:2,c/d", "a:1 b:2 c:5432"],
  ["postgres://u:p@[::1]:6543/d", "::1:6543"],
  ["postgres://u:p@[fe80::1],h/d", "fe80::1:5432 h:5432"],
  ["postgres://u:p@%2Fvar%2Frun%2Fpostgresql/d", "/var/run/postgresql:5432"],
  ["postgres://u:p@/d?host=/cloudsql/a:b:c", "/cloudsql/a:b:c:5432"],
  ["postgres:///d?host=/run&port=6432&user=u", "/run:6432"],
  ["postgres://u@/d?host=a,b&port=1,2", "a:1 b:2"],
  ["postgres://u:p@h/d?host=other", "other:5432"],
])("parseDatabaseAddress(%p) returns the hosts %p", (text, hosts) => {
  const read = parse(text).hosts.map(({ host, port }) => `${host}:${port}`);
  expect(read.join(" ")).toBe(hosts);
  expect(parse(text)).toMatchObject({ user: "u", database: "d" });
});

test.each([
  ["p%40ss%2Fword", "p@ss/word"],
  ["p@ss", "p@ss"],
  ["p/ss", "p/ss"],
  ["12/34", "12/34"],
  ["p#1", "p#1"],
  ["1#1", "1#1"],
  ["p?ss", "p?ss"],
  ["1?x", "1?x"],
  ["p:ss:", "p:ss:"],
  ["100%pure", "100%pure"],
  ["a@b/c?d#e@f", "a@b/c?d#e@f"],
  ["비밀", "비밀"],
  ["$(x) `y`", "$(x) `y`"],
])("parseDatabaseAddress() reads the password %p", (written, password) => {
  for (const rest of ["h/d", "h:5432/d", "a:1,b:2/d", "h/d?sslmode=require"])
    expect(parse(`postgres://u:${written}@${rest}`)).toMatchObject({
      user: "u",
      password,
      database: "d",
    });
});

test.each([
  // as the consoles of these hosts show them
  "postgresql://u:p@ep-x-pooler.ap-southeast-1.aws.neon.tech/d?sslmode=require&channel_binding=require",
  "postgres://u.ref:p@aws-0-ap-northeast-2.pooler.supabase.com:6543/d?pgbouncer=true&connection_limit=1",
  "postgresql://u:p@h:25060/d?sslmode=require&schema=public&pool_timeout=20&connect_timeout=10",
  "postgres://u:p@h:5432/d?target_session_attrs=read-write&application_name=shop&options=-c%20x.y%3D1",
])("parseDatabaseAddress() accepts %p", (text) => {
  expect(parse(text)).toMatchObject({ password: "p", database: "d" });
});

test("parseDatabaseAddress() reads the parameters", () => {
  const of = (query: string) => parse(`postgres://u:p@h/d?${query}`);
  expect(of("")).toMatchObject({ isPooled: undefined, mustWrite: false, tls: { mode: "prefer" } });
  expect(of("pgbouncer=true").isPooled).toBe(true);
  expect(of("pgbouncer=false").isPooled).toBeUndefined();
  expect(of("connection_limit=3").connectionsMax).toBe(3);
  expect(of("connect_timeout=7").connectTimeoutMs).toBe(7_000);
  expect(of("application_name=a+b").applicationName).toBe("a b");
  expect(of("target_session_attrs=primary").mustWrite).toBe(true);
  expect(of("sslmode=allow").tls.mode).toBe("prefer");
  // both say that nobody may stand between
  expect(of("sslmode=require&channel_binding=require").tls.mode).toBe("verify-full");
  expect(of("sslmode=verify-ca&channel_binding=require").tls.mode).toBe("verify-ca");
  expect(of("sslrootcert=system").tls.mode).toBe("verify-full");
  expect(of(`sslrootcert=${import.meta.path}`).tls.ca).toContain("verify-full");
});

test.each([
  ["", "must be an address like"],
  ["mysql://u:p@h/d", "must be an address like"],
  ["jdbc:postgresql://h/d", "must be an address like"],
  ["postgres://u:p@h", "names no database"],
  ["postgres://u:p@/d", "names no host"],
  ["postgres://u:p@h:99999/d", "port: must be"],
  ["postgres://u:p@h/d?schema=shop", "alter role"],
  ["postgres://u:p@h/d?search_path=shop", "alter role"],
  ["postgres://u:p@h/d?sslmode=on", "sslmode: must be"],
  ["postgres://u:p@h/d?sslrootcert=/no/such", "sslrootcert: the file"],
  ["postgres://u:p@h/d?sslcert=/no/such", "sslcert and sslkey go together"],
  ["postgres://u:p@h/d?sslmode=disable&channel_binding=require", "needs TLS"],
  ["postgres://u:p@h/d?pgbouncer=yes", "pgbouncer: must be"],
  ["postgres://u:p@h/d?connection_limit=0", "connection_limit: must be"],
  ["postgres://u:p@h/d?connect_timeout=5s", "connect_timeout: must be"],
  [
    "postgres://u:p@h/d?target_session_attrs=standby",
    "target_session_attrs: must be any, primary, read-write",
  ],
  ["postgres://u:p@h/d?service=shop", "service: take it out"],
  ["postgres://u:p@h/d?passfile=x", "passfile: take it out"],
  ["postgres://u:p@h/d?statement_timeout=1", "the service sets its own"],
  ["postgres://u:p@h/d?sslmdoe=require", "sslmdoe: is not a known parameter"],
])("parseDatabaseAddress(%p) throws %p", (text, sentence) => {
  expect(faultOf(text)).toContain(sentence);
});

test("no error message of parseDatabaseAddress() contains a part of the password", () => {
  const secret = "S3cr3tW0rd";
  for (const text of [
    `postgres://u:${secret}@h`,
    `postgres://u:${secret}@h/d?nothing=1`,
    `postgres://u:${secret}?x=${secret}@@@/d`,
    `postgres://u:1?${secret}=2`,
    `postgres://u:${secret}@h:x/d`,
    `postgres://${secret}`,
    `postgres://u:p@h/d?sslmode=${secret}`,
    `postgres://u:p@h/d?${secret}=${secret}`,
    `mysql://u:${secret}@h/d`,
  ])
    expect(faultOf(text)).not.toContain(secret);
});
