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
  readonly tls: {
    readonly mode: "disable" | "prefer" | "require" | "verify-ca" | "verify-full";
    readonly isDirect: boolean;
    readonly ca: string | undefined;
    readonly cert: string | undefined;
    readonly key: string | undefined;
  };
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

/** What an address has wrong, a sentence that follows its variable's name. */
class DatabaseAddressError extends Error {
  override readonly name = "DatabaseAddressError";
}

function fail(sentence: string): never {
  throw new DatabaseAddressError(sentence);
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
  // what is no plain word may be a piece of a password
  [/^[A-Za-z][A-Za-z_]{1,39}$/, "is not a known parameter, or can't be had here; take it out"],
];

const unclear =
  "can't be read: write the characters : / ? # [ ] @ % of a user's name or a password as %3A %2F %3F %23 %5B %5D %40 %25";

const flags = { true: true, 1: true, false: undefined, 0: undefined } as const;
const sessionAttributes = { any: false, primary: true, "read-write": true };
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

/** Throws DatabaseAddressError. */
export function parseDatabaseAddress(text: string): DatabaseAddress {
  const [, rest] = /^postgres(?:ql)?:\/\/(.*)$/s.exec(text.trim()) ?? [];
  if (rest === undefined)
    fail("must be an address like postgres://user:password@host:5432/database");
  const parts = split(rest);
  const [user = "", ...password] = parts.login.split(":");
  const { take, choice, number } = parts;
  const address: DatabaseAddress = {
    hosts: hostsOf(take("host") ?? decoded(parts.hosts), take("port")),
    database:
      (take("dbname") ?? decoded(parts.database)) ||
      fail("names no database: put /NAME behind the host"),
    // as other clients of PostgreSQL do
    user: (take("user") ?? decoded(user)) || userInfo().username,
    password: take("password") ?? decoded(password.join(":")),
    tls: tlsOf(parts),
    isPooled: choice("pgbouncer", flags),
    mustWrite: choice("target_session_attrs", sessionAttributes) ?? false,
    applicationName: take("application_name"),
    // 0 means no limit in other clients; here every wait has one, so it stands for the usual
    connectTimeoutMs: (number("connect_timeout", 0) ?? 0) * 1_000 || undefined,
    connectionsMax: number("connection_limit", 1),
    options: take("options"),
  };
  choice("schema", { public: undefined }, schemaOfRole);
  for (const name of parts.given.keys()) {
    if (ignored.has(name)) continue;
    const [, reason] = refused.find(([pattern]) => pattern.test(name)) ?? [];
    fail(reason === undefined ? unclear : `${name}: ${reason}`);
  }
  return address;
}

type Parameters = ReturnType<typeof readParameters>;

/** Each parameter is taken once; what is left in `given` is not known. */
function readParameters(given: Map<string, string>) {
  /** Undefined when it is missing or empty. */
  function take(name: string): string | undefined {
    const value = given.get(name) || undefined;
    given.delete(name);
    return value;
  }
  /** What the parameter's value stands for. */
  function choice<T>(name: string, values: Readonly<Record<string, T>>, sentence?: string) {
    const value = take(name);
    if (value === undefined) return undefined;
    if (Object.hasOwn(values, value)) return values[value];
    return fail(`${name}: ${sentence ?? `must be ${Object.keys(values).join(", ")}`}`);
  }
  function number(name: string, min: number): number | undefined {
    const value = take(name);
    if (value === undefined) return undefined;
    if (!/^\d{1,3}$/.test(value) || Number(value) < min)
      fail(`${name}: must be a number from ${min} to 999`);
    return Number(value);
  }
  function pem(name: string): string | undefined {
    const file = take(name);
    try {
      return file && readFileSync(file, "utf8");
    } catch {
      return fail(`${name}: the file can't be read`);
    }
  }
  return { given, take, choice, number, pem };
}

function tlsOf({ given, take, choice, pem }: Parameters): DatabaseAddress["tls"] {
  const ssl = take("ssl");
  if (ssl !== undefined && !given.get("sslmode")) given.set("sslmode", ssl);
  const mode = choice("sslmode", tlsModes) ?? "prefer";
  const binding = choice("channel_binding", { disable: false, prefer: false, require: true });
  // both prevent a server in between: the client can't bind, so it checks the server's certificate
  const isBound = binding && !mode.startsWith("verify-");
  if (isBound && mode === "disable")
    fail("channel_binding=require needs TLS: take it or sslmode=disable out");
  const hasSystemRoots = given.get("sslrootcert") === "system" && given.delete("sslrootcert");
  if (!given.get("sslcert") !== !given.get("sslkey"))
    fail("sslcert and sslkey go together: give both or neither");
  return {
    mode: hasSystemRoots || isBound ? "verify-full" : mode,
    isDirect: choice("sslnegotiation", { postgres: false, direct: true }) ?? false,
    ca: pem("sslrootcert"),
    cert: pem("sslcert"),
    key: pem("sslkey"),
  };
}

const host = String.raw`(?:\[[0-9A-Fa-f:.%]+\]|(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})*)(?::\d{1,5})?`;
const query = String.raw`\w+=[^&#]*(?:&\w+=[^&#]*)*`;
/**
 * By the grammar of URLs first. A password whose special characters were left as they are ends at an @ that a host
 * follows: the last one, for hosts and names of databases have none.
 */
const grammars = ["([^/?#]+)@", "([^/].*)@", "()"].map(
  (login) => new RegExp(`^${login}(${host}(?:,${host})*)(?:/([^/?#@]*))?(?:\\?(${query})?)?$`, "s"),
);

function split(rest: string) {
  const parts = grammars.map((grammar) => grammar.exec(rest)).find((found) => found !== null);
  const [, login = "", hosts = "", database = "", parameters = ""] = parts ?? fail(unclear);
  const read = readParameters(new Map(new URLSearchParams(parameters)));
  return { login, hosts, database, ...read };
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
  const names = hosts.split(",").filter((name) => name !== "");
  if (names.length === 0) fail("names no host");
  return names.map((name, index) => {
    const isBareV6 = /^[^[/].*:.*:/.test(name);
    const [, bare = name, own] = isBareV6 ? [] : (/^(.+?)(?::(\d+))?$/.exec(name) ?? []);
    const port = Number(own ?? given[index] ?? given[0] ?? 5432);
    if (!(Number.isInteger(port) && port >= 1 && port <= 65_535))
      fail("port: must be a number from 1 to 65535");
    return { host: bare.replace(/^\[(.*)\]$/, "$1"), port };
  });
}
