// Reads a connection address (DATABASE_URL) as hosts of PostgreSQL hand it out, and refuses what it can't do in one
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

/** Parameters without effect here: limits and details that this package, or its client library, sets by itself. */
const ignored = new Set(
  `pool_timeout socket_timeout max_idle_connection_lifetime max_connection_lifetime statement_cache_size
  tcp_user_timeout keepalives keepalives_idle keepalives_interval keepalives_count gssencmode load_balance_hosts
  sslcompression sslsni sslcertmode fallback_application_name client_encoding supa`.split(/\s+/),
);

const schemaOfRole =
  "only public; take it out, and let the role have the schema: alter role … set search_path = …";

/** Parameters that would change what a connection does, and the way out. */
const refused: readonly (readonly [RegExp, string])[] = [
  [/^(search_path|currentSchema)$/, schemaOfRole],
  [/^(statement|lock)_timeout$/, "take it out: the service sets its own"],
  [
    /^(hostaddr|service|servicefile|passfile)$/,
    "take it out, and write its value into the address",
  ],
  [/^sslpassword$/, "give a sslkey without a password, or none"],
  [
    /^ssl(identity|accept|crl)$/,
    "take it out: sslmode, sslrootcert, sslcert and sslkey (PEM) count",
  ],
  [
    /^(idle_in_transaction_session_timeout|require_auth|requirepeer|replication)$/,
    "take it out: it can't be had here",
  ],
];

const unclear =
  "can't be read: write the characters : / ? # [ ] @ % of a user's name or a password as %3A %2F %3F %23 %5B %5D %40 %25";

/** The value of a parameter, once; undefined when it is missing or empty. */
type Take = (name: string) => string | undefined;

/** Throws DatabaseAddressError. */
export function parseDatabaseAddress(text: string): DatabaseAddress {
  const [, rest] = /^postgres(?:ql)?:\/\/(.*)$/s.exec(text.trim()) ?? [];
  if (rest === undefined)
    fail("must be an address like postgres://user:password@host:5432/database");
  const parts = split(rest);
  const given = new Map(parts.parameters);
  const take: Take = (name) => {
    const value = given.get(name) || undefined;
    given.delete(name);
    return value;
  };
  const hosts = hostsOf(take("host") ?? parts.hosts, take("port"));
  const database = take("dbname") ?? parts.database;
  if (database === "") fail("names no database: put /NAME behind the host");
  const address: DatabaseAddress = {
    hosts,
    database,
    // as other clients of PostgreSQL do
    user: (take("user") ?? parts.user) || userInfo().username,
    password: take("password") ?? parts.password,
    tls: tlsOf(take),
    isPooled: choice(take, "pgbouncer", { true: true, 1: true, false: undefined, 0: undefined }),
    mustWrite:
      choice(take, "target_session_attrs", {
        any: false,
        primary: true,
        "read-write": true,
      }) ?? false,
    applicationName: take("application_name"),
    // 0 means no limit in other clients; here every wait has one, so it stands for the usual
    connectTimeoutMs: (number(take, "connect_timeout", 0) ?? 0) * 1_000 || undefined,
    connectionsMax: number(take, "connection_limit", 1),
    options: take("options"),
  };
  choice(take, "schema", { public: undefined }, schemaOfRole);
  for (const [name] of given) if (!ignored.has(name)) refuse(name);
  return address;
}

function fail(sentence: string): never {
  throw new DatabaseAddressError(sentence);
}

function refuse(name: string): never {
  const [, reason] = refused.find(([pattern]) => pattern.test(name)) ?? [];
  if (reason !== undefined) fail(`${name}: ${reason}`);
  // what is no plain word may be a piece of a password
  const isWord = /^[A-Za-z][A-Za-z_]{1,39}$/.test(name);
  fail(isWord ? `${name}: is not a known parameter; take it out` : unclear);
}

/** What the parameter's value stands for; undefined without one. */
function choice<T>(
  take: Take,
  name: string,
  values: Readonly<Record<string, T>>,
  sentence = `must be ${Object.keys(values).join(", ")}`,
): T | undefined {
  const value = take(name);
  if (value === undefined) return undefined;
  return Object.hasOwn(values, value) ? values[value] : fail(`${name}: ${sentence}`);
}

function number(take: Take, name: string, min: number): number | undefined {
  const value = take(name);
  if (value === undefined) return undefined;
  if (!/^\d{1,3}$/.test(value) || Number(value) < min)
    fail(`${name}: must be a number from ${min} to 999`);
  return Number(value);
}

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

const tlsModes = {
  disable: "disable",
  false: "disable",
  allow: "prefer",
  prefer: "prefer",
  require: "require",
  true: "require",
  "no-verify": "require",
  "verify-ca": "verify-ca",
  "verify-full": "verify-full",
} as const;

function tlsOf(take: Take): DatabaseTls {
  const ssl = take("ssl");
  const mode = choice((name) => take(name) ?? ssl, "sslmode", tlsModes) ?? "prefer";
  const needsBinding = choice(take, "channel_binding", {
    disable: false,
    prefer: false,
    require: true,
  });
  const isDirect = choice(take, "sslnegotiation", { postgres: false, direct: true }) ?? false;
  const root = take("sslrootcert");
  const [cert, key] = [take("sslcert"), take("sslkey")];
  if ((cert === undefined) !== (key === undefined))
    fail("sslcert and sslkey go together: give both or neither");
  // both prevent a server in between: the client can't bind, so it checks the server's certificate
  const isBound = needsBinding && !mode.startsWith("verify-");
  if (isBound && mode === "disable")
    fail("channel_binding=require needs TLS: take it or sslmode=disable out");
  return {
    mode: root === "system" || isBound ? "verify-full" : mode,
    isDirect,
    ca: root === "system" ? undefined : readPem("sslrootcert", root),
    cert: readPem("sslcert", cert),
    key: readPem("sslkey", key),
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
