import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { connect, isIP } from "node:net";
import { within } from "@payflow/database";
import { beforeAbort, type Send } from "./deliver.ts";
import { isPublicAddress } from "./endpoint_url.ts";
import { orderWebhookBody } from "./order_webhook.ts";
import type { ClaimedDelivery } from "./postgres_queue.ts";
import { webhookHeaders } from "./webhook_signature.ts";

/** Time limit from the DNS look-up to the last byte read. */
const callLimitMs = 15_000;
/** How long an address may take to accept a connection before the next one is tried. */
const connectLimitMs = 2_000;
/** Bytes of a response's body that are read. */
const responseMax = 2_048;

/** All addresses of a name, IPv4 first, because not every network has IPv6. */
async function resolveName(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.sort((a, b) => a.family - b.family).map(({ address }) => address);
}

/**
 * Sends webhooks, each on a connection of its own. The name is resolved once, and the connection goes to the first of the
 * checked addresses that accepts one, with the name in TLS and the Host header: a DNS change between check and call (DNS
 * rebinding) has no effect. Unless `allowsPrivate`, a name with a private address is rejected. Redirects are not followed,
 * no proxy is used.
 */
export function webhookSender(options: {
  readonly allowsPrivate: boolean;
  /** This and the following options are for tests. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  readonly isPublic?: (address: string) => boolean;
  readonly limitMs?: number;
  readonly ca?: string;
}) {
  const { allowsPrivate, resolve = resolveName, isPublic = isPublicAddress, ca } = options;
  const { limitMs = callLimitMs } = options;

  async function addressOf({ hostname, port, protocol }: URL): Promise<string> {
    const literal = hostname.replace(/^\[|\]$/g, "");
    const addresses = isIP(literal) === 0 ? await resolve(hostname) : [literal];
    const closed = allowsPrivate ? undefined : addresses.find((one) => !isPublic(one));
    if (closed !== undefined) throw new Refusal(`private address refused: ${closed}`);
    const last = addresses.at(-1);
    if (last === undefined) throw new Refusal("the name has no address");
    const target = Number(port || (protocol === "http:" ? 80 : 443));
    const withinMs = Math.min(connectLimitMs, limitMs / addresses.length);
    for (const address of addresses.slice(0, -1))
      if (await accepts(address, target, withinMs)) return address;
    return last;
  }

  return async (
    delivery: Pick<ClaimedDelivery, "url" | "eventId" | "secrets" | "event">,
    { at, signal: stopped }: Parameters<Send>[1],
  ) => {
    const { eventId, secrets, event } = delivery;
    const failed = { status: null, response: null };
    // without the event there is no body to send
    if (event === null)
      return { ...failed, error: "the event is no longer kept", unsent: "for_good" as const };
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(limitMs)]);
    try {
      const url = new URL(delivery.url ?? "");
      const { protocol, host, hostname } = url;
      if (protocol !== "https:" && !allowsPrivate) throw new Refusal("https only");
      const address = await beforeAbort(addressOf(url), signal);
      url.hostname = isIP(address) === 6 ? `[${address}]` : address;
      const body = orderWebhookBody(event);
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "User-Agent": "PayFlow",
          // no compression: the limit counts the received bytes
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

/** By a connection of its own: a request that was sent to one address must not be sent to another one. */
async function accepts(address: string, port: number, withinMs: number): Promise<boolean> {
  const socket = connect(port, address).on("error", () => {});
  const isOpen = await within(once(socket, "connect"), withinMs).then(Boolean, () => false);
  socket.destroy();
  return isOpen;
}

/** The beginning of the body, as far as it arrives in time; only the status decides. Then closes the connection. */
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

/** Seconds only: a date would depend on the receiver's clock. */
function readRetryAfter(header: string | null): number | undefined {
  return header !== null && /^\d{1,7}$/.test(header) ? Number(header) * 1_000 : undefined;
}

function reasonOf(error: unknown, limitMs: number): string {
  const { name, code, message } = error as { name?: string; code?: string; message?: string };
  if (name === "TimeoutError") return `no response within ${limitMs / 1_000} s`;
  if (error instanceof Refusal) return error.message;
  return (code || message || "failed").slice(0, 200);
}
