// What is harmless on a developer's machine, and must not run where strangers or real cards come: with live keys of
// Toss, or under a public address.
import { BlockList, isIP } from "node:net";

type Given = Readonly<Record<string, string | undefined>>;

const tossOrigins = {
  TOSS_API_URL: "https://api.tosspayments.com",
  TOSS_SDK_URL: "https://js.tosspayments.com",
} as const;

const secretNames = ["INTERNAL_API_KEY", "MERCHANT_API_KEY", "SESSION_SECRET"];
const howToMakeOne = "make one with: openssl rand -hex 24";

/** Each setting that would be dangerous, in one sentence; none while keys are for tests and the address is private. */
export function unsafeSettings(given: Given): string[] {
  if (!isExposed(given)) return [];
  return [
    ...openLines(given),
    ...notToss(given),
    ...weakSecrets(given),
    ...equalSecrets(given),
    ...publishedPasswords(given),
    ...openLimits(given),
  ];
}

/** True with live keys, and under an address that is neither this machine's nor a private network's. */
export function isExposed(given: Given): boolean {
  return hasLiveKeys(given) || isPublicAddress(given["PUBLIC_URL"]);
}

function hasLiveKeys(given: Given): boolean {
  return ["TOSS_CLIENT_KEY", "TOSS_SECRET_KEY"].some((name) => /^live_/.test(given[name] ?? ""));
}

/** https://www.iana.org/assignments/iana-ipv4-special-registry and its sibling for IPv6 */
const privateNetworks = new BlockList();
for (const [network, bits] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const)
  privateNetworks.addSubnet(network, bits, "ipv4");
for (const [network, bits] of [
  ["::1", 128],
  ["fc00::", 7],
  ["fe80::", 10],
] as const)
  privateNetworks.addSubnet(network, bits, "ipv6");

function isPublicAddress(url: string | undefined): boolean {
  const host = URL.parse(url ?? "")?.hostname.replace(/^\[|\]$|\.$/g, "");
  if (!host) return false;
  const version = isIP(host);
  if (version !== 0) return !privateNetworks.check(host, version === 6 ? "ipv6" : "ipv4");
  const isLocal = /(^|\.)(localhost|local|internal|test|lan|home\.arpa)$/.test(host);
  return !isLocal && host.includes(".");
}

function openLines(given: Given): string[] {
  const publicUrl = given["PUBLIC_URL"];
  // a process that serves no pages is given no address
  if (publicUrl === undefined && given["TOSS_CLIENT_KEY"] === undefined) return [];
  return publicUrl?.startsWith("https://")
    ? []
    : [
        "PUBLIC_URL: must begin with https://, with live keys and under a public address: cookies and cards must not travel on an open line",
      ];
}

function notToss(given: Given): string[] {
  const urls = Object.entries(tossOrigins).flatMap(([name, origin]) => {
    const url = given[name];
    return url === undefined || URL.parse(url)?.origin === origin
      ? []
      : [
          `${name}: must be Toss's own (${origin}), with live keys and under a public address; leave it out`,
        ];
  });
  const sandboxKeys = ["TOSS_CLIENT_KEY", "TOSS_SECRET_KEY"].flatMap((name) =>
    /^test_[cs]k_sandbox$/.test(given[name] ?? "")
      ? [`${name}: is the sandbox's key, which everybody knows: use Toss's under a public address`]
      : [],
  );
  return [...urls, ...sandboxKeys];
}

/** Fewer characters than these cannot hold enough, whatever they are. */
const secretLengthMin = 20;
/** Half of what `openssl rand -hex 24` shows when measured like this. */
const secretBitsMin = 64;

function weakSecrets(given: Given): string[] {
  const accepted = (given["INTERNAL_API_KEYS_ACCEPTED"] ?? "").split(",");
  const secrets = [
    ...secretNames.map((name) => [name, given[name]] as const),
    ...accepted.map((key) => ["INTERNAL_API_KEYS_ACCEPTED", key.trim()] as const),
  ];
  return secrets.flatMap(([name, secret]) => {
    if (!secret) return [];
    if (isPublished(secret)) return [`${name}: is a published one: ${howToMakeOne}`];
    return secret.length >= secretLengthMin && bitsOf(secret) >= secretBitsMin
      ? []
      : [`${name}: is too easy to guess: ${howToMakeOne}`];
  });
}

/** Known from documents, tests and examples, PayFlow's own and everybody's. */
const published =
  /payflow|on-this-machine-only|change.?me|change.?it|a-secret-of|example|password|passw0rd|secret-?key|your.?secret|placeholder|default/i;

function isPublished(secret: string): boolean {
  return published.test(secret);
}

/**
 * What the characters could hold at the most, in bits: their Shannon entropy, without what repeats or only goes on
 * counting.
 */
function bitsOf(secret: string): number {
  const unit = [...secret.slice(0, periodOf(secret))];
  const stepTo = (index: number) => code(unit[index]) - code(unit[index - 1]);
  const kept = unit.filter(
    (_, index) => index < 2 || Math.abs(stepTo(index)) > 1 || stepTo(index) !== stepTo(index - 1),
  );
  const counts = Map.groupBy(kept, (character) => character);
  let bits = 0;
  for (const same of counts.values()) bits += same.length * Math.log2(kept.length / same.length);
  return bits;
}

function code(character = ""): number {
  return character.codePointAt(0) ?? Number.NaN;
}

/** The length of the shortest part of which the text is a repetition. */
function periodOf(text: string): number {
  const period = (text + text).indexOf(text, 1);
  return period === -1 ? text.length : period;
}

function equalSecrets(given: Given): string[] {
  const bySecret = Map.groupBy(
    [...secretNames, "TOSS_SECRET_KEY"].filter((name) => given[name] !== undefined),
    (name) => given[name],
  );
  return [...bySecret.values()]
    .filter((names) => names.length > 1)
    .map(
      (names) =>
        `${names.join(" and ")}: are the same: whoever learns one has the other; give each its own`,
    );
}

function publishedPasswords(given: Given): string[] {
  const url = URL.parse(given["DATABASE_URL"] ?? "");
  if (url === null || url.password === "") return [];
  const password = decoded(url.password);
  const isKnown = password === url.username || password === "postgres" || isPublished(password);
  return isKnown ? [`DATABASE_URL: has a published password: ${howToMakeOne}`] : [];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The widest networks that one organisation has of its own. */
const bitsMin = { 4: 8, 6: 7 } as const;

function openLimits(given: Given): string[] {
  const networks = (given["TRUSTED_PROXIES"] ?? "").split(",").map((entry) => entry.trim());
  const wide = networks.filter((network) => {
    const [address = "", bits] = network.split("/");
    const version = isIP(address) as 0 | 4 | 6;
    return version !== 0 && bits !== undefined && Number(bits) < bitsMin[version];
  });
  return [
    ...wide.map(
      (network) =>
        `TRUSTED_PROXIES: ${network} lets anybody pretend to be any address: name only your own proxies`,
    ),
    ...(/^0+$/.test(given["RATE_LIMIT_PER_MINUTE"] ?? "")
      ? [
          "RATE_LIMIT_PER_MINUTE: must not be 0, with live keys and under a public address: one client could take all",
        ]
      : []),
  ];
}
