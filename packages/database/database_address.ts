// Parses a connection URL as PostgreSQL providers show it. Each error is one sentence, shown after the variable's name. It
// quotes neither user nor password, nor text that could be part of one.
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";

export type DatabaseAddress = Readonly<ReturnType<typeof parseDatabaseAddress>>;

function fail(sentence: string): never {
  throw new Error(sentence);
}

/** Ignored parameters: this package or postgres.js sets the same itself. */
const ignored = new Set(
  `pool_timeout socket_timeout max_idle_connection_lifetime max_connection_lifetime statement_cache_size
  tcp_user_timeout keepalives keepalives_idle keepalives_interval keepalives_count gssencmode load_balance_hosts
  sslcompression sslsni sslcertmode fallback_application_name client_encoding supa`.split(/\s+/),
);

const schemaOfRole =
  "only public; take it out, and give the role the schema: alter role … set search_path = …";

/** Parameters that would change what a connection does, and what to do instead. */
const refused: readonly (readonly [RegExp, string])[] = [
  [/^(search_path|currentSchema)$/, schemaOfRole],
  [/^(statement|lock)_timeout$/, "take it out: the service sets its own"],
  [
    /^(hostaddr|service|servicefile|passfile)$/,
    "take it out, and write its value into the address",
  ],
  [/^sslpassword$/, "give a sslkey without a password, or none"],
  [/^ssl(identity|accept|crl)$/, "take it out: sslmode, sslrootcert, sslcert and sslkey count"],
  // other text may be part of a password: it is not shown
  [/^[A-Za-z][A-Za-z_]{1,39}$/, "is not a known parameter, or can't be had here; take it out"],
];

const unclear =
  "can't be read: write the characters : / ? # [ ] @ % of a user's name or a password as %3A %2F %3F %23 %5B %5D %40 %25";

const flags = { true: true, 1: true, false: undefined, 0: undefined } as const;
const sessionAttributes = { any: false, primary: true, "read-write": true };
const [disable, prefer, require] = ["disable", "prefer", "require"] as const;
const verifying = { "verify-ca": "verify-ca", "verify-full": "verify-full" } as const;
const named = { disable, allow: prefer, prefer, require, "no-verify": require, ...verifying };
const tlsModes = { ...named, false: disable, true: require };

const host = String.raw`(?:\[[0-9A-Fa-f:.%]+\]|(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})*)(?::\d{1,5})?`;
const query = String.raw`\w+=[^&#]*(?:&\w+=[^&#]*)*`;
/**
 * First the grammar of URLs. Otherwise a password with unescaped characters ends at the last @ before a host: hosts and
 * database names have no @.
 */
const grammars = ["([^/?#]+)@", "([^/].*)@", "()"].map(
  (login) => new RegExp(`^${login}(${host}(?:,${host})*)(?:/([^/?#@]*))?(?:\\?(${query})?)?$`, "s"),
);

/** Throws an Error whose message is a sentence for the operator. */
export function parseDatabaseAddress(text: string) {
  const [, rest] = /^postgres(?:ql)?:\/\/(.*)$/s.exec(text.trim()) ?? [];
  if (rest === undefined)
    fail("must be an address like postgres://user:password@host:5432/database");
  const parts = grammars.map((grammar) => grammar.exec(rest)).find((found) => found !== null);
  const [, login = "", hosts = "", database = "", parameters = ""] = parts ?? fail(unclear);
  const [user = "", ...password] = login.split(":");
  const { given, take, choice } = readParameters(parameters);
  take("schema", /^public$/, schemaOfRole);
  const number = (name: string, min: 0 | 1) =>
    Number(take(name, RegExp(`^[${min}-9]\\d{0,2}$`), `must be a number from ${min} to 999`));
  const address = {
    /** Tried in this order; a path that begins with `/` is the folder of a Unix socket. */
    hosts: hostsOf(take("host") ?? decoded(hosts), take("port")),
    database:
      (take("dbname") ?? decoded(database)) || fail("names no database: put /NAME behind the host"),
    // as libpq does
    user: (take("user") ?? decoded(user)) || userInfo().username,
    password: take("password") ?? decoded(password.join(":")),
    tls: tlsOf({ given, take, choice }),
    /** Whether a pooler in transaction mode is in between; undefined: found out when connecting. */
    isPooled: choice("pgbouncer", flags),
    /** Accepts only a server that takes writes, even if there is one host only. */
    mustWrite: choice("target_session_attrs", sessionAttributes) ?? false,
    applicationName: take("application_name"),
    // 0 means no limit in libpq; here it means the default
    connectTimeoutMs: 1_000 * number("connect_timeout", 0) || undefined,
    connectionsMax: number("connection_limit", 1) || undefined,
    /** `-c name=value …`, or what a provider's proxy reads there. */
    options: take("options"),
  };
  for (const name of given.keys()) {
    if (ignored.has(name)) continue;
    const [, reason] = refused.find(([pattern]) => pattern.test(name)) ?? [];
    fail(reason === undefined ? unclear : `${name}: ${reason}`);
  }
  return address;
}

/** `take` removes a parameter from `given`; parameters that are left there are unknown. */
function readParameters(text: string) {
  const given = new Map(new URLSearchParams(text));
  /** The value; undefined when it is missing or empty. */
  function take(name: string, pattern = /^/, sentence = ""): string | undefined {
    const value = given.get(name) || undefined;
    given.delete(name);
    if (value !== undefined && !pattern.test(value)) fail(`${name}: ${sentence}`);
    return value;
  }
  function choice<T>(name: string, values: Readonly<Record<string, T>>): T | undefined {
    const names = Object.keys(values);
    const value = take(name, RegExp(`^(${names.join("|")})$`), `must be ${names.join(", ")}`);
    return value === undefined ? undefined : values[value];
  }
  return { given, take, choice };
}

function tlsOf({ given, take, choice }: ReturnType<typeof readParameters>) {
  const ssl = take("ssl");
  if (ssl !== undefined && !given.get("sslmode")) given.set("sslmode", ssl);
  const mode = choice("sslmode", tlsModes) ?? "prefer";
  const binding = choice("channel_binding", { disable: false, prefer: false, require: true });
  // postgres.js has no channel binding: verifying the certificate prevents a man in the middle as well
  const isBound = binding && !mode.startsWith("verify-");
  if (isBound && mode === "disable")
    fail("channel_binding=require needs TLS: take it or sslmode=disable out");
  const hasSystemRoots = given.get("sslrootcert") === "system" && given.delete("sslrootcert");
  if (!given.get("sslcert") !== !given.get("sslkey"))
    fail("sslcert and sslkey go together: give both or neither");
  const pem = (name: string) => {
    const file = take(name);
    try {
      return file && readFileSync(file, "utf8");
    } catch {
      return fail(`${name}: the file can't be read`);
    }
  };
  return {
    mode: hasSystemRoots || isBound ? "verify-full" : mode,
    isDirect: choice("sslnegotiation", { postgres: false, direct: true }) ?? false,
    ca: pem("sslrootcert"),
    cert: pem("sslcert"),
    key: pem("sslkey"),
  };
}

/** Decodes %XX; a text with a wrong % stays as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function hostsOf(hosts: string, ports: string | undefined) {
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
