import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { beforeAbort, type Send } from "./deliver.ts";
import { isPublicAddress } from "./endpoint_url.ts";
import { orderWebhookBody } from "./order_webhook.ts";
import type { ClaimedDelivery } from "./postgres_queue.ts";
import { webhookHeaders } from "./webhook_signature.ts";

/** From the look-up of the name to the last byte that is read. */
const callLimitMs = 15_000;
/** Of a response's body; the rest is not read. */
const responseMax = 2_048;

/** All of a name's addresses, IPv4 first: not every network has IPv6. */
async function resolveName(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.sort((a, b) => a.family - b.family).map(({ address }) => address);
}

/**
 * Sends webhooks, each on a connection of its own, to the address that was checked: the name is resolved once, the
 * connection goes to that address, and TLS and the Host header bear the name. So a name that changes between the check
 * and the call (DNS rebinding) changes nothing. A name of which one address is private is refused, unless
 * `allowsPrivate`. Redirects are not followed, no proxy is used.
 */
export function webhookSender(options: {
  readonly allowsPrivate: boolean;
  /** For tests: names, addresses and time limits of their own, and a certificate to trust. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly isPublic?: (address: string) => boolean;
  readonly limitMs?: number;
  readonly ca?: string;
}) {
  const { allowsPrivate, resolve = resolveName, isPublic = isPublicAddress, ca } = options;
  const { limitMs = callLimitMs } = options;

  async function addressOf(host: string): Promise<string> {
    const literal = host.replace(/^\[|\]$/g, "");
    const addresses = isIP(literal) === 0 ? await resolve(host) : [literal];
    const closed = allowsPrivate ? undefined : addresses.find((one) => !isPublic(one));
    if (closed !== undefined) throw new Refusal(`private address refused: ${closed}`);
    const [address] = addresses;
    if (address === undefined) throw new Refusal("the name has no address");
    return address;
  }

  return async (
    delivery: Pick<ClaimedDelivery, "url" | "eventId" | "secrets" | "event">,
    { at, signal: stopped }: Parameters<Send>[1],
  ) => {
    const { eventId, secrets, event } = delivery;
    const failed = { status: null, response: null };
    // what has no payload any more is sent by no try
    if (event === null)
      return { ...failed, error: "the event is no longer kept", unsent: "for_good" as const };
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(limitMs)]);
    try {
      const url = new URL(delivery.url ?? "");
      const { protocol, host, hostname } = url;
      if (protocol !== "https:" && !allowsPrivate) throw new Refusal("https only");
      const address = await beforeAbort(addressOf(hostname), signal);
      url.hostname = isIP(address) === 6 ? `[${address}]` : address;
      const body = orderWebhookBody(event);
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "User-Agent": "PayFlow",
          // what is kept is bounded as it comes: nothing that unpacks to more
          "Accept-Encoding": "identity",
          Connection: "close",
          Host: host,
          ...webhookHeaders({ id: eventId ?? "", timestamp: at, body }, secrets),
        },
        body,
        redirect: "manual",
        keepalive: false,
        decompress: false,
        signal,
        tls: { serverName: hostname, ...(ca === undefined ? {} : { ca }) },
        proxy: false,
      });
      const { status, headers } = response;
      const retryAfterMs = readRetryAfter(headers.get("Retry-After"));
      return { status, error: null, response: await beginningOf(response), retryAfterMs };
    } catch (error) {
      if (stopped.aborted) throw error;
      return { ...failed, error: reasonOf(error, limitMs) };
    }
  };
}

class Refusal extends Error {}

/** What comes of the body in time: the status is what counts. Ends the connection, whatever else would come. */
async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  for (let bytes = 0; bytes < responseMax;) {
    const { value } = (await reader?.read().catch(() => undefined)) ?? {};
    if (value === undefined) break;
    chunks.push(value);
    bytes += value.byteLength;
  }
  void reader?.cancel().catch(() => {});
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, responseMax));
}

/** Seconds only: a date would be by the other side's clock. */
function readRetryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,7}$/.test(header) ? Number(header) * 1_000 : undefined;
}

function reasonOf(error: unknown, limitMs: number): string {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === "TimeoutError") return `no response within ${limitMs / 1_000} s`;
  if (error instanceof Refusal) return error.message;
  return (code || message || "failed").slice(0, 200);
}
