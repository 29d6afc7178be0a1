import { didYouMean, escapeUnseen, styled, UsageError } from "@payflow/local-stack";
import { orderEventTypes } from "@payflow/shared";
import {
  isWebhookSecret,
  newWebhookSecret,
  orderWebhookBody,
  webhookHeaders,
} from "@payflow/notifications";
import { withKafka } from "../kafka/kafka_place.ts";
import { readMessages, type TopicMessage } from "../kafka/read_messages.ts";
import { parsed, startOf } from "../kafka/topics.ts";

/** The same time limit as for the shop's webhooks. */
const withinMs = 15_000;
/** Characters of a response that `--json` shows. */
const shownMax = 2_048;

/** Follows the shop's events, one line each, and optionally forwards each once to a developer's own server. */
export const listen = withKafka(async (given, place, io) => {
  const { values, flags } = given;
  const url = forwardUrl(values["forward-to"]);
  const topics = eventTypesOf(values["events"]);
  const secret = values["secret"] ?? newWebhookSecret();
  if (!isWebhookSecret(secret))
    throw new UsageError(`--secret is not a secret of Standard Webhooks: whsec_ and base64`);
  const found = new Set(await place.admin.listTopics());
  const existing = topics.filter((topic) => found.has(place.prefix + topic));
  const target = url && { url, secret, isUnverified: flags["skip-verify"] === true };
  let count = 0;
  await readMessages(place, {
    topics: existing,
    from: startOf(given),
    stopped: io.stopped(),
    onReady() {
      if (url) io.note(`Forwarding to ${url.href}. Signing secret: ${secret}`);
      io.note(`Listening for ${existing.join(", ")}; Ctrl-C ends.`);
    },
    async onMessage(message) {
      const delivery = target ? await deliver(message, target) : undefined;
      await io.print(`${flags["json"] ? asJson(message, delivery) : asLine(message, delivery)}\n`);
      count++;
      return true;
    },
  });
  io.note(`${count} ${count === 1 ? "event" : "events"}.`);
});

function forwardUrl(text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  // accepts `localhost:3000/hooks`, like Stripe's command line
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--forward-to is "${text}", which is not a URL`);
  return url;
}

function eventTypesOf(text: string | undefined): readonly string[] {
  const types: readonly string[] = orderEventTypes;
  const wanted = text?.split(",").map((type) => type.trim()) ?? types;
  const unknown = wanted.find((type) => !types.includes(type));
  if (unknown !== undefined)
    throw new UsageError(
      `--events: unknown event ${unknown}${didYouMean(unknown, types) || `: the events are ${types.join(", ")}`}`,
    );
  return wanted;
}

type Delivery = {
  /** The response's status; null without a response. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly error: string | null;
  readonly response: string | null;
};

async function deliver(
  message: TopicMessage,
  {
    url,
    secret,
    isUnverified,
  }: { readonly url: URL; readonly secret: string; readonly isUnverified: boolean },
): Promise<Delivery> {
  const startedAtMs = performance.now();
  const took = () => Math.round(performance.now() - startedAtMs);
  try {
    // throws for a message that is no event
    const body = orderWebhookBody(message.value?.toString() ?? "");
    const signed = { id: idOf(message), timestamp: new Date().toISOString(), body };
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "User-Agent": "payflow-listen",
        ...webhookHeaders(signed, [secret]),
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(withinMs),
      tls: { rejectUnauthorized: !isUnverified },
      proxy: false,
    });
    const text = (await response.text()).slice(0, shownMax);
    return { status: response.status, durationMs: took(), error: null, response: text };
  } catch (error) {
    const { name, code, message } = error as { name?: string; code?: string; message?: string };
    const reason =
      name === "TimeoutError" ? `no response in ${withinMs / 1000} s` : code || message;
    return { status: null, durationMs: took(), error: reason ?? "failed", response: null };
  }
}

const idOf = ({ headers, topic, partition, offset }: TopicMessage) =>
  headers["ce_id"] ?? `${topic}-${partition}-${offset}`;

function asLine(message: TopicMessage, delivery: Delivery | undefined): string {
  const line = `${message.at}  ${message.topic.padEnd(14)}  ${message.key ?? "-"}`;
  if (delivery === undefined) return escapeUnseen(line);
  const { status, error, durationMs } = delivery;
  const isTaken = status !== null && status >= 200 && status < 300;
  const end = error === null ? `${status} (${durationMs} ms)` : `failed: ${error}`;
  return `${escapeUnseen(line)}  → ${styled(isTaken ? "green" : "red", escapeUnseen(end))}`;
}

function asJson(message: TopicMessage, delivery: Delivery | undefined): string {
  const { at, topic, key, value } = message;
  const head = { at, eventType: topic, eventId: idOf(message), orderId: key };
  return JSON.stringify({ ...head, event: parsed(value), delivery });
}
