import type { Mutation } from "./mutation.ts";

const caller = "packages/access/caller.ts";
const callerTest = "packages/access/caller_test.ts";
const cookies = "packages/access/cookies.ts";
const links = "packages/order/presentation/order_links.ts";
const linksTest = "packages/order/presentation/order_links_test.ts";
const hosts = "packages/access/known_hosts.ts";
const hostsTest = "packages/access/known_hosts_test.ts";
const guard = "packages/shared/http/key_guard.ts";
const guardTest = "packages/shared/http/key_guard_test.ts";
const text = "packages/shared/text.ts";
const textTest = "packages/shared/text_test.ts";
const security = "packages/access/security.ts";
const securityTest = "packages/access/security_test.ts";

const credentials = "packages/access/credentials.ts";
const consoleTest = "packages/console/sessions_integration_test.ts";
const rolesTest = "tests/api_roles_integration_test.ts";

/** Callers, sessions, links, hosts, names and input. */
export const edgeMutations: readonly Mutation[] = [
  {
    rule: "Toss's two keys are of one kind, both test or both live",
    broken: "a widget's key and a payment window's key are accepted together",
    file: "packages/shared/http/toss_keys.ts",
    find: "secret.isWidget !== client.isWidget",
    replace: "secret.side === client.side",
    killer: {
      file: "packages/shared/http/toss_keys_test.ts",
      name: "requires both keys from one section: a widget's pair, or a window's",
    },
  },
  {
    rule: "A large list or record is refused before its elements are parsed",
    broken: "its size is checked last",
    file: "packages/shared/http/json_body.ts",
    find: "checkSizes(schema as Sized, value);",
    replace: "",
    killer: { file: "packages/shared/http/json_body_test.ts", name: "before their elements" },
  },
  {
    rule: "A page of keys hides none",
    broken: "a key that ends takes the cursor with it",
    file: credentials,
    find: "and ${place} < ${after} order",
    replace:
      "and ${place} < coalesce((select ${place} from ${from} where c.id::text = substr(${after}, 3)), ${after}) order",
    killer: { file: "packages/console/keys_integration_test.ts", name: "hides no other key" },
  },
  {
    rule: "A key can do only what its role allows",
    broken: "roles are not compared",
    file: "packages/access/credential.ts",
    find: "if (mayAct(holder, needed)) return;",
    replace: 'if (mayAct(holder, "metrics")) return;',
    killer: { file: rolesTest, name: "each route allows the roles" },
  },
  {
    rule: "A revoked or expired key is rejected everywhere",
    broken: "it is still accepted",
    file: credentials,
    find: "c.hash = ${hash} and ${endedAt} is null",
    replace: "c.hash = ${hash}",
    killer: { file: rolesTest, name: "each route allows the roles" },
  },
  {
    rule: "A revoked or expired key is rejected everywhere",
    broken: "a look-up is cached for an hour",
    file: credentials,
    find: "const knownForMs = 1_000;",
    replace: "const knownForMs = 3_600_000;",
    killer: { file: rolesTest, name: "another process revoked" },
  },
  {
    rule: "A key can't be read after its creation",
    broken: "its first characters are stored instead of its hash",
    file: credentials,
    find: 'new Bun.CryptoHasher("sha256").update(secret).digest("hex")',
    replace: 'Buffer.from(secret.slice(3, 35)).toString("hex")',
    killer: { file: rolesTest, name: "are stored as hashes" },
  },
  {
    rule: "A key can't be read after its creation",
    broken: "the audit contains it",
    file: credentials,
    find: "const detail = { role, expiresAt };",
    replace: "const detail = { role, expiresAt, key };",
    killer: { file: rolesTest, name: "are stored as hashes" },
  },
  {
    rule: "A session of the console ends with its key",
    broken: "a session of a revoked key continues",
    file: credentials,
    find: '${endOf("k")},',
    replace: "",
    killer: { file: consoleTest, name: "a session ends with its key" },
  },
  {
    rule: "A session of the console ends with its key",
    broken: "a session of a former MERCHANT_API_KEY continues",
    file: credentials,
    find: "case when c.settings_key <> ${settingsKey} then c.last_used_at end)",
    replace: "case when c.settings_key = '${settingsKey}' then c.last_used_at end)",
    killer: { file: consoleTest, name: "a session ends with its key" },
  },
  {
    rule: "A session that was signed out or ended is rejected",
    broken: "only the cookie is cleared",
    file: credentials,
    find: "${of}.ended_at, case",
    replace: "${of === 'k' ? 'k.ended_at' : 'null::timestamptz'}, case",
    killer: { file: consoleTest, name: "a signed-out session" },
  },
  {
    rule: "Other sites can't use a session of the console",
    broken: "its cookie is sent with their links",
    file: "packages/access/operators.ts",
    find: 'sameSite: "Strict"',
    replace: 'sameSite: "Lax"',
    killer: { file: consoleTest, name: "__Host-, HttpOnly" },
  },
  {
    rule: "Keys can't be guessed",
    broken: "wrong keys are counted only after the look-up",
    file: guard,
    find: "const isCounted = !known.has(line);",
    replace: "const isCounted = false;",
    killer: { file: guardTest, name: "of many concurrent wrong keys" },
  },
  {
    rule: "An order link allows viewing and paying, and is not a session",
    broken: "its browser owns the order",
    file: caller,
    find: "owns: (order) => sessionId !== undefined && order.sessionId === sessionId,",
    replace:
      "owns: (order) => caller.orderIds.includes(order.orderId) || (sessionId !== undefined && order.sessionId === sessionId),",
    killer: { file: callerTest, name: "an order is visible to its session" },
  },
  {
    rule: "An order link allows viewing and paying, and is not a session",
    broken: "the refund account form is hidden, but accepted",
    file: "ui/routes/refund_account_routes.tsx",
    find: "!c.var.viewer.owns(order)",
    replace: "!c.var.viewer.sees(order)",
    killer: { file: "ui/routes/order_routes_test.ts", name: "a browser that a link let in" },
  },
  {
    rule: "An order link expires",
    broken: "its expiry is not checked",
    file: links,
    find: "seconds * 1_000 > Date.parse(now())",
    replace: "seconds > 0",
    killer: { file: linksTest, name: "until thirty days" },
  },
  {
    rule: "An order link expires",
    broken: "an order that it opened stays open",
    file: caller,
    find: ".filter(({ until }) => until > nowSeconds);",
    replace: ".filter(({ until }) => until > 0);",
    killer: { file: callerTest, name: "only until the grant expires" },
  },
  {
    rule: "A cookie's signature is valid for that cookie only",
    broken: "both cookies share one key",
    file: cookies,
    find: "deriveKey(options.secret, `cookie ${plainName}`)",
    replace: 'deriveKey(options.secret, "cookie")',
    killer: { file: callerTest, name: "is not accepted as another cookie" },
  },
  {
    rule: "Only the shop's own hosts are served",
    broken: "every host is",
    file: hosts,
    find: "(isDevelopment && isLoopback(name))) return await next();",
    replace: "(isDevelopment && isLoopback(name)) || name) return await next();",
    killer: { file: hostsTest, name: "in production with 421" },
  },
  {
    rule: "Only the shop's own hosts are served",
    broken: "loopback names are served in production",
    file: hosts,
    find: "(isDevelopment && isLoopback(name))",
    replace: "isLoopback(name)",
    killer: { file: hostsTest, name: "in production with 421" },
  },
  {
    rule: "No redirect goes to another site",
    broken: "a path is not checked again after dot segments are removed",
    file: "ui/local_path.ts",
    find: 'return URL.parse(path, here)?.href === here + path ? path : "/";',
    replace: "return path;",
    killer: { file: "ui/local_path_test.ts", name: "for no address" },
  },
  {
    rule: "No page shows text from its address",
    broken: "the returned message is shown",
    file: "ui/routes/return_routes.tsx",
    find: 'failure: { code: knownReason(code), message: "" }',
    replace: 'failure: { code: knownReason(code), message: c.req.query("message") ?? "" }',
    killer: { file: "ui/address_text_test.ts", name: "no page shows" },
  },
  {
    rule: "A page of another site can change nothing",
    broken: "any Authorization header disables the check",
    file: security,
    find: 'if (reads || c.get("caller").key !== undefined) return await next();',
    replace: 'if (reads || c.req.header("Authorization") !== undefined) return await next();',
    killer: { file: securityTest, name: "rejects requests of another site's page" },
  },
  {
    rule: "Wrong keys are rate-limited by address",
    broken: "they are only rejected",
    file: guard,
    find: "if (!isCounted) limit.take(address);",
    replace: "if (isCounted) limit.giveBack(address);",
    killer: { file: guardTest, name: "ten wrong keys" },
  },
  {
    rule: "Guessing keys does not lock the merchant out",
    broken: "a limited address is rejected with the right key too",
    file: guard,
    find: "const isCounted = !known.has(line);",
    replace: "const isCounted = true;",
    killer: { file: guardTest, name: "sent a valid key before" },
  },
  {
    rule: "No other client can use an Idempotency-Key before its owner",
    broken: "callers without a session share one scope",
    file: "packages/order/presentation/idempotency.ts",
    find: "sign(clientLine(address), key)",
    replace: 'sign("", key)',
    killer: {
      file: "packages/order/presentation/idempotency_test.ts",
      name: "tells addresses apart",
    },
  },
  {
    rule: "An unknown query parameter is rejected",
    broken: "it is ignored",
    file: "packages/shared/http/json_body.ts",
    find: 'return { path, message: "unknown parameter" };',
    replace: "return [];",
    killer: { file: "packages/shared/http/json_body_test.ts", name: "readQuery()" },
  },
  {
    rule: "An unknown query parameter is rejected",
    broken: "routes do not check their queries",
    file: "packages/shared/http/route.ts",
    find: "query: readQuery(c, query),",
    replace: "query: query === noParameters ? {} : readQuery(c, query),",
    killer: { file: "packages/shared/http/route_test.ts", name: "does not declare" },
  },
  {
    rule: "Authorization is checked before the request is parsed",
    broken: "the caller is not checked before the body",
    file: "packages/shared/http/route.ts",
    find: "    route.caller.admit(c);\n",
    replace: "",
    killer: {
      file: "packages/shared/http/route_test.ts",
      name: "reads nothing for an unauthorized caller, and no body before the limit",
    },
  },
  {
    rule: "Text of shoppers can't control a terminal or reorder other text",
    broken: "direction marks are accepted",
    file: text,
    find: "\\p{Zp}\\p{Bidi_Control}]",
    replace: "\\p{Zp}]",
    killer: { file: textTest, name: "refuses" },
  },
  {
    rule: "A masked e-mail address hides its domain",
    broken: "it shows the domain",
    file: "packages/shared/personal_data.ts",
    find: "***@***`",
    replace: '***${email.slice(email.lastIndexOf("@"))}`',
    killer: { file: "packages/shared/personal_data_test.ts", name: "nothing of the domain" },
  },
  {
    rule: "A client that waits as long as Retry-After says is admitted",
    broken: "a rejected call takes what its bucket has",
    file: "packages/shared/http/rate_limit.ts",
    find: "tokens: tokens >= 1 ? tokens - 1 : tokens",
    replace: "tokens: Math.max(0, tokens - 1)",
    killer: {
      file: "packages/shared/http/rate_limit_test.ts",
      name: "admits the next call after Retry-After",
    },
  },
  {
    rule: "A time that PostgreSQL rejects is invalid input",
    broken: "only its form is checked",
    file: "packages/shared/text.ts",
    find: ', v.check(isTime, "is no time")',
    replace: "",
    killer: {
      file: "packages/shared/text_test.ts",
      name: "accepts the times that PostgreSQL accepts",
    },
  },
  {
    rule: "A text of many marks on one letter holds up no other work",
    broken: "text of any length is normalized",
    file: text,
    find: "(text) => text.length <= 4 * maxLength",
    replace: "() => true",
    killer: { file: textTest, name: "refused without delay" },
  },
];
