// Reads a connection address (DATABASE_URL) as hosts of PostgreSQL hand it out, and refuses what PayFlow can't do in one
// sentence for each parameter. No sentence may quote the user's name, the password or text that could be part of one.
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";

export type DatabaseAddress = {
  /** Tried in this order; a folder that begins with `/` holds a Unix socket. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly tls: DatabaseTls;
  /** A pooler that hands out servers by transaction is between; undefined: look for one. */
  readonly isPooled: true | undefined;
  /** Only a server that takes writes will do, though there be no other. */
  readonly mustWrite: boolean;
  readonly applicationName: string | undefined;
  readonly connectTimeoutMs: number | undefined;
  readonly connectionsMax: number | undefined;
  /** `-c name=value …`, or what a provider's proxy reads there. */
  readonly options: string | undefined;
};

export type DatabaseTls = {
  readonly mode: "disable" | "prefer" | "require" | "verify-ca" | "verify-full";
  readonly isDirect: boolean;
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
};

/** What an address has wrong, a sentence that follows its variable's name. */
export class DatabaseAddressError extends Error {
  override readonly name = "DatabaseAddressError";
}

/** Limits and details that PayFlow, or its client library, sets by itself. */
const withoutEffect = new Set([
  "pool_timeout",
  "socket_timeout",
  "max_idle_connection_lifetime",
  "max_connection_lifetime",
  "statement_cache_size",
  "tcp_user_timeout",
  "keepalives",
  "keepalives_idle",
  "keepalives_interval",
  "keepalives_count",
  "gssencmode",
  "load_balance_hosts",
  "sslcompression",
  "sslsni",
  "sslcertmode",
  "fallback_application_name",
  "client_encoding",
  "supa",
]);

/** Why a parameter can't be had, and the way out. */
const refused: Readonly<Record<string, string>> = {
  search_path: `take it out, and let the role have it: alter role … set search_path = …`,
  currentSchema: `take it out, and let the role have it: alter role … set search_path = …`,
  statement_timeout: "take it out: PayFlow sets its own",
  lock_timeout: "take it out: PayFlow sets its own",
  idle_in_transaction_session_timeout: "take it out: PayFlow holds no transaction open",
  hostaddr: "take it out, and write the address where the host stands",
  service: "take it out, and write host, database and user into the address",
  servicefile: "take it out, and write host, database and user into the address",
  passfile: "take it out, and write the password into the address",
  require_auth: "take it out: SCRAM, MD5 and clear text are answered",
  requirepeer: "take it out: PayFlow can't check a socket's owner",
  sslpassword: "give a sslkey without a password, or none",
  sslcrl: "take it out: revoked certificates are not looked up",
  sslidentity: "give sslcert and sslkey as PEM files",
  sslaccept: "give sslmode=verify-full, or sslmode=require",
  replication: "take it out: PayFlow needs a plain connection",
};

const sslModes = new Set(["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]);

/** Throws DatabaseAddressError. */
export function parseDatabaseAddress(text: string): DatabaseAddress {
  const scheme = /^(postgres|postgresql):\/\//.exec(text.trim());
  if (scheme === null)
    throw new DatabaseAddressError(
      "must be an address like postgres://user:password@host:5432/database",
    );
  const rest = text.trim().slice(scheme[0].length);
  const parts = split(rest);
  const given = new Map(parts.parameters);
  const take = (name: string) => {
    const value = given.get(name);
    given.delete(name);
    return value === undefined || value === "" ? undefined : value;
  };

  const hosts = hostsOf(take("host") ?? parts.hosts, take("port"));
  const database = take("dbname") ?? parts.database;
  // as other clients of PostgreSQL do
  const user = (take("user") ?? parts.user) || userInfo().username;
  if (database === "") fail("names no database: put /order or its like behind the host");
  const address: DatabaseAddress = {
    hosts,
    database,
    user,
    password: take("password") ?? parts.password,
    tls: tlsOf(take),
    isPooled: flag("pgbouncer", take("pgbouncer")) ? true : undefined,
    mustWrite: mustWrite(take("target_session_attrs")),
    applicationName: take("application_name"),
    connectTimeoutMs: seconds("connect_timeout", take("connect_timeout")),
    connectionsMax: count("connection_limit", take("connection_limit")),
    options: take("options"),
  };
  const schema = take("schema");
  if (schema !== undefined && schema !== "public")
    fail(
      "schema: only public can be named here; take it out, and let the role have it: alter role … set search_path = …",
    );
  for (const [name] of given) refuseUnlessWithoutEffect(name);
  return address;
}

function fail(sentence: string): never {
  throw new DatabaseAddressError(sentence);
}

function refuseUnlessWithoutEffect(name: string): void {
  if (withoutEffect.has(name)) return;
  const reason = Object.hasOwn(refused, name) ? refused[name] : undefined;
  if (reason !== undefined) fail(`${name}: ${reason}`);
  // what is no plain word may be a piece of a password
  fail(
    /^[A-Za-z][A-Za-z_]{1,39}$/.test(name)
      ? `${name}: PayFlow does not know this parameter; take it out`
      : unclear,
  );
}

const unclear =
  "can't be read: write the characters : / ? # [ ] @ % of a user's name or a password as %3A %2F %3F %23 %5B %5D %40 %25";

type Parts = {
  readonly user: string;
  readonly password: string;
  readonly hosts: string;
  readonly database: string;
  readonly parameters: readonly (readonly [string, string])[];
};

const host = String.raw`(?:\[[0-9A-Fa-f:.%]+\]|(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})*)(?::\d{1,5})?`;
const afterUser = new RegExp(String.raw`^(${host}(?:,${host})*)(?:/([^/?#@]*))?(?:\?([^#]*))?$`);

/**
 * By the grammar of URLs first. A password whose special characters were left as they are ends at an @ that a host
 * follows: the last one, for hosts and names of databases have none.
 */
function split(rest: string): Parts {
  const authorityEnd = rest.search(/[/?#]/);
  const authority = authorityEnd < 0 ? rest : rest.slice(0, authorityEnd);
  const ats = [authority.lastIndexOf("@")];
  if (!rest.startsWith("/"))
    ats.push(...[...rest.matchAll(/@/g)].map((match) => match.index).reverse());
  for (const at of [...ats.filter((at) => at > 0), -1]) {
    const [, hosts, database = "", query = ""] = afterUser.exec(rest.slice(at + 1)) ?? [];
    const parameters = readQuery(query);
    if (hosts === undefined || parameters === undefined) continue;
    const login = at < 0 ? "" : rest.slice(0, at);
    const colon = login.indexOf(":");
    return {
      user: decoded(colon < 0 ? login : login.slice(0, colon)),
      password: colon < 0 ? "" : decoded(login.slice(colon + 1)),
      hosts: decoded(hosts),
      database: decoded(database),
      parameters,
    };
  }
  return fail(unclear);
}

/** Undefined when it is not name=value throughout. */
function readQuery(query: string): [string, string][] | undefined {
  if (query === "") return [];
  const pairs = query.split("&").map((pair) => {
    const equals = pair.indexOf("=");
    return [
      decoded(pair.slice(0, equals)),
      decoded(pair.slice(equals + 1).replaceAll("+", " ")),
      equals > 0,
    ] as const;
  });
  if (!pairs.every(([name, , isPair]) => isPair && /^\w+$/.test(name))) return undefined;
  return pairs.map(([name, value]) => [name, value]);
}

/** A % that encodes nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hostsOf(hosts: string, ports: string | undefined): DatabaseAddress["hosts"] {
  const given = ports?.split(",") ?? [];
  const read = hosts
    .split(",")
    .filter((name) => name !== "")
    .map((name, index) => {
      const isBareV6 = /^[^[/].*:.*:/.test(name);
      const [, bare = name, own] = isBareV6 ? [] : (/^(.+?)(?::(\d+))?$/.exec(name) ?? []);
      const port = Number(own ?? given[index] ?? given[0] ?? 5432);
      if (!(Number.isInteger(port) && port >= 1 && port <= 65_535))
        fail("port: must be a number from 1 to 65535");
      return { host: bare.replace(/^\[(.*)\]$/, "$1"), port };
    });
  return read.length > 0 ? read : fail("names no host");
}

function tlsOf(take: (name: string) => string | undefined): DatabaseTls {
  const mode = take("sslmode") ?? take("ssl");
  const binding = take("channel_binding") ?? "prefer";
  const negotiation = take("sslnegotiation") ?? "postgres";
  const root = take("sslrootcert");
  const files = { cert: take("sslcert"), key: take("sslkey") };
  const named =
    mode === "true" || mode === "no-verify"
      ? "require"
      : mode === "false"
        ? "disable"
        : (mode ?? "prefer");
  if (!sslModes.has(named))
    fail("sslmode: must be disable, prefer, require, verify-ca or verify-full");
  if (!["disable", "prefer", "require"].includes(binding))
    fail("channel_binding: must be disable, prefer or require");
  if (!["postgres", "direct"].includes(negotiation))
    fail("sslnegotiation: must be postgres or direct");
  if ((files.cert === undefined) !== (files.key === undefined))
    fail("sslcert and sslkey go together: give both or neither");
  const asked = named === "allow" ? "prefer" : named;
  // both keep a stranger from standing between: the client can't bind, so it checks the server's certificate
  const isBound = binding === "require" && !asked.startsWith("verify-");
  if (isBound && asked === "disable")
    fail("channel_binding=require needs TLS: take it or sslmode=disable out");
  return {
    mode: (root === "system" || isBound ? "verify-full" : asked) as DatabaseTls["mode"],
    isDirect: negotiation === "direct",
    ca: root === "system" ? undefined : readPem("sslrootcert", root),
    cert: readPem("sslcert", files.cert),
    key: readPem("sslkey", files.key),
  };
}

function readPem(name: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, "utf8");
  } catch {
    return fail(`${name}: the file can't be read`);
  }
}

function mustWrite(attributes: string | undefined): boolean {
  if (attributes === undefined || attributes === "any") return false;
  if (["read-write", "primary"].includes(attributes)) return true;
  return fail("target_session_attrs: must be read-write, primary or any, since PayFlow writes");
}

function flag(name: string, value: string | undefined): boolean {
  if (value === undefined || value === "false" || value === "0") return false;
  if (value === "true" || value === "1") return true;
  return fail(`${name}: must be true or false`);
}

/** 0 means no limit in other clients; here every wait has one, so it stands for the usual. */
function seconds(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^\d{1,4}$/.test(value)) fail(`${name}: must be a number of seconds`);
  return value === "0" ? undefined : Number(value) * 1_000;
}

function count(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,2}$/.test(value)) fail(`${name}: must be a number from 1 to 999`);
  return Number(value);
}
