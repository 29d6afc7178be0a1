// Refuses settings that are harmless on a developer's machine, but dangerous with Toss's live keys or a public address
// (docs/adr/0017-dangerous-settings-are-refused.md).
import { isIP } from "node:net";
import { parseDatabaseAddress } from "@payflow/database";
import type { Environment } from "./config.ts";
import { networkSet } from "./networks.ts";

const tossOrigins = {
  TOSS_API_URL: "https://api.tosspayments.com",
  TOSS_SDK_URL: "https://js.tosspayments.com",
} as const;
const tossKeys = ["TOSS_CLIENT_KEY", "TOSS_SECRET_KEY"];
const secretNames = ["INTERNAL_API_KEY", "MERCHANT_API_KEY", "SESSION_SECRET"];
const howToMakeOne = "make one with: openssl rand -hex 24";
const where = "with live keys and under a public address";

/** One sentence per dangerous setting; empty with test keys and a private address. */
export function unsafeSettings(given: Environment): string[] {
  const hasLiveKeys = tossKeys.some((name) => /^live_/.test(given[name] ?? ""));
  if (!hasLiveKeys && !isPublicAddress(given["PUBLIC_URL"])) return [];
  const rules = [openLines, notToss, weakSecrets, equalSecrets, publishedPasswords, openLimits];
  return rules.flatMap((rule) => rule(given));
}

/** https://www.iana.org/assignments/iana-ipv4-special-registry and its sibling for IPv6 */
const privateNetworks = `0.0.0.0/8 10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16
  ::1 fc00::/7 fe80::/10`;
const isPrivateAddress = networkSet(privateNetworks.split(/\s+/));

function isPublicAddress(url: string | undefined): boolean {
  const host = URL.parse(url ?? "")?.hostname.replace(/^\[|\]$|\.$/g, "");
  if (!host) return false;
  if (isIP(host) !== 0) return !isPrivateAddress(host);
  return host.includes(".") && !/(^|\.)(localhost|local|internal|test|lan|home\.arpa)$/.test(host);
}

function openLines({ PUBLIC_URL: url, TOSS_CLIENT_KEY: clientKey }: Environment): string[] {
  // a process that serves no pages has neither setting
  if ((url ?? clientKey) === undefined || url?.startsWith("https://")) return [];
  return [
    `PUBLIC_URL: must begin with https://, ${where}: cookies and cards must not travel unencrypted`,
  ];
}

function notToss(given: Environment): string[] {
  const urls = Object.entries(tossOrigins)
    .filter(([name, origin]) => given[name] && URL.parse(given[name])?.origin !== origin)
    .map(([name, origin]) => `${name}: must be Toss's own (${origin}), ${where}; leave it out`);
  const sandboxKeys = tossKeys
    .filter((name) => /^test_g?[cs]k_sandbox$/.test(given[name] ?? ""))
    .map((name) => `${name}: is the sandbox's key, which is public: use Toss's, ${where}`);
  return [...urls, ...sandboxKeys];
}

/** A shorter secret has too little entropy, whatever its characters. */
const secretLengthMin = 20;
/** Half of what `bitsOf` measures for `openssl rand -hex 24`. */
const secretBitsMin = 64;

function weakSecrets(given: Environment): string[] {
  const accepted = (given["INTERNAL_API_KEYS_ACCEPTED"] ?? "").split(",");
  const secrets = [
    ...secretNames.map((name) => [name, given[name]] as const),
    ...accepted.map((key) => ["INTERNAL_API_KEYS_ACCEPTED", key.trim()] as const),
  ];
  return secrets.flatMap(([name, secret]) => {
    if (!secret) return [];
    if (published.test(secret)) return [`${name}: is a published one: ${howToMakeOne}`];
    const isStrong = secret.length >= secretLengthMin && bitsOf(secret) >= secretBitsMin;
    return isStrong ? [] : [`${name}: is too easy to guess: ${howToMakeOne}`];
  });
}

/** Patterns of secrets in documents, tests and examples. */
const published =
  /payflow|on-this-machine-only|change.?me|change.?it|a-secret-of|example|password|passw0rd|secret-?key|your.?secret|placeholder|default/i;

/** The Shannon entropy of the characters, without repetitions and without sequences such as `abc`. */
function bitsOf(secret: string): number {
  const period = (secret + secret).indexOf(secret, 1);
  const codes = Array.from(secret.slice(0, period), (character) => character.codePointAt(0) ?? 0);
  const step = (index: number) => (codes[index] ?? 0) - (codes[index - 1] ?? 0);
  const kept = codes.filter(
    (_, index) => index < 2 || Math.abs(step(index)) > 1 || step(index) !== step(index - 1),
  );
  let bits = 0;
  for (const same of Map.groupBy(kept, (code) => code).values())
    bits += same.length * Math.log2(kept.length / same.length);
  return bits;
}

function equalSecrets(given: Environment): string[] {
  const names = [...secretNames, "TOSS_SECRET_KEY"].filter((name) => given[name] !== undefined);
  return [...Map.groupBy(names, (name) => given[name]).values()]
    .filter((same) => same.length > 1)
    .map((same) => `${same.join(" and ")}: are the same: give each its own, ${howToMakeOne}`);
}

function publishedPasswords({ DATABASE_URL: url = "" }: Environment): string[] {
  try {
    const { user, password } = parseDatabaseAddress(url);
    const isKnown = password === user || password === "postgres" || published.test(password);
    return password !== "" && isKnown
      ? [`DATABASE_URL: has a published password: ${howToMakeOne}`]
      : [];
  } catch {
    // the schema reports an invalid address
    return [];
  }
}

/** Prefix lengths of the widest networks that one organisation may own. */
const bitsMin: Readonly<Record<number, number>> = { 4: 8, 6: 7 };

function openLimits(given: Environment): string[] {
  const networks = (given["TRUSTED_PROXIES"] ?? "").split(",").map((entry) => entry.trim());
  const wide = networks.filter((network) => {
    const [address = "", bits] = network.split("/");
    return bits !== undefined && Number(bits) < (bitsMin[isIP(address)] ?? 0);
  });
  const sentences = wide.map(
    (network) =>
      `TRUSTED_PROXIES: ${network} lets anybody pretend to be any address: name only your own proxies`,
  );
  if (/^(true|1)$/.test(given["WEBHOOK_ALLOW_PRIVATE"] ?? ""))
    sentences.push(
      `WEBHOOK_ALLOW_PRIVATE: must not be true, ${where}: webhooks could reach the machines around this one`,
    );
  if (/^0+$/.test(given["RATE_LIMIT_PER_MINUTE"] ?? ""))
    sentences.push(`RATE_LIMIT_PER_MINUTE: must not be 0, ${where}: one client could take all`);
  return sentences;
}
