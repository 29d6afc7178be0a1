// Webhooks to the shop's own servers, by the shop's API.
import {
  confirmed,
  didYouMean,
  listed,
  shown,
  UsageError,
  UserError,
  wholeNumber,
} from "@payflow/local-stack";
import { orderEventTypes } from "@payflow/shared";
import type { Work } from "./context.ts";
import { shopOf, type Shop } from "./shop.ts";
import { timeOption } from "./time_option.ts";

type Endpoint = { readonly endpointId: string; readonly url: string };
type Delivery = { readonly eventId: string; readonly state: string };
type Secret = { readonly secret: string };

const path = "/api/webhook-endpoints";

export const listEndpoints: Work = async (_, context) =>
  listed(await endpointsOf(shopOf(context)), "No webhook endpoints.");

export const createEndpoint: Work = async ({ words: [url = ""], values }, context, io) => {
  const { description, events } = values;
  const body = { url, description, eventTypes: eventTypesOf(events) };
  const made = await shopOf(context).call<Endpoint & Secret>(`POST ${path}`, { body });
  io.note("Copy the secret now: it is not shown again.");
  return shown(made.body);
};

export const changeEndpoint: Work = async ({ words, values, flags }, context) => {
  const { url, description, events } = values;
  if (flags["on"] && flags["off"]) throw new UsageError("--on and --off exclude each other");
  const isEnabled = flags["on"] ? true : flags["off"] ? false : undefined;
  const body = { url, description, eventTypes: eventTypesOf(events), isEnabled };
  const shop = shopOf(context);
  const { endpointId } = await endpointNamed(shop, words[0]);
  return shown((await shop.call<Endpoint>(`POST ${path}/${endpointId}`, { body })).body);
};

/** Removes an endpoint after a confirmation. */
export const removeEndpoint: Work = async ({ words, flags }, context) => {
  const shop = shopOf(context);
  const { endpointId, url } = await endpointNamed(shop, words[0]);
  await confirmed(`The endpoint ${url} will be removed, and its waiting events will not be sent.`, {
    yes: flags["yes"] === true,
  });
  await shop.call(`POST ${path}/${endpointId}/remove`);
  return shown({ endpointId, removed: true });
};

export const listDeliveries: Work = async ({ words, values }, context) => {
  const limit = wholeNumber("limit", values["limit"] ?? "", { max: 10_000 });
  const shop = shopOf(context);
  const { endpointId } = await endpointNamed(shop, words[0]);
  const found: Delivery[] = [];
  let cursor: string | null = "";
  while (cursor !== null && found.length < limit) {
    const query = new URLSearchParams();
    if (values["state"] !== undefined) query.set("state", values["state"]);
    if (cursor !== "") query.set("cursor", cursor);
    type Page = { readonly deliveries: readonly Delivery[]; readonly nextCursor: string | null };
    const { body }: { readonly body: Page } = await shop.call<Page>(
      `GET ${path}/${endpointId}/deliveries?${query.toString()}`,
    );
    found.push(...body.deliveries);
    cursor = body.nextCursor;
  }
  return listed(found.slice(0, limit), "No deliveries.");
};

export const showDelivery: Work = async ({ words: [word, eventId = ""] }, context) => {
  const shop = shopOf(context);
  const { endpointId } = await endpointNamed(shop, word);
  const route = `GET ${path}/${endpointId}/deliveries/${encodeURIComponent(eventId)}`;
  return shown((await shop.call<Delivery>(route)).body);
};

/** Sends one event again, or all since a time, page by page. */
export const resend: Work = async ({ words: [word, eventId], values, flags }, context, io) => {
  const undeliveredOnly = flags["undelivered-only"] === true;
  if ((eventId === undefined) === (values["since"] === undefined))
    throw new UsageError("Give an EVENT_ID, or --since TIME");
  if (undeliveredOnly && eventId !== undefined)
    throw new UsageError("--undelivered-only needs --since");
  const shop = shopOf(context);
  const { endpointId } = await endpointNamed(shop, word);
  if (eventId !== undefined) {
    const route = `POST ${path}/${endpointId}/deliveries/${encodeURIComponent(eventId)}/resend`;
    return shown((await shop.call<Delivery>(route)).body);
  }
  let since: string | null = timeOption("since", values["since"] ?? "");
  let resent = 0;
  while (since !== null) {
    type Page = { readonly resent: number; readonly nextSince: string | null };
    const { body }: { readonly body: Page } = await shop.call<Page>(
      `POST ${path}/${endpointId}/resend`,
      { body: { since, undeliveredOnly } },
    );
    resent += body.resent;
    since = body.nextSince;
    if (since !== null) io.note(`${resent} so far, up to ${since}`);
  }
  return shown({ endpointId, resent });
};

export const rotateSecret: Work = async ({ words, values }, context, io) => {
  const formerForHours = wholeNumber("former-for-hours", values["former-for-hours"] ?? "", {
    min: 0,
    max: 168,
  });
  const shop = shopOf(context);
  const { endpointId } = await endpointNamed(shop, words[0]);
  const rotated = await shop.call<Endpoint & Secret>(`POST ${path}/${endpointId}/rotate`, {
    body: { formerForHours },
  });
  io.note("Copy the secret now: it is not shown again.");
  return shown(rotated.body);
};

async function endpointsOf(shop: Shop): Promise<readonly Endpoint[]> {
  const { body } = await shop.call<{ readonly endpoints: readonly Endpoint[] }>(`GET ${path}`);
  return body.endpoints;
}

/** Finds the endpoint that a word names. Throws UserError for no match and for several. */
async function endpointNamed(shop: Shop, word = ""): Promise<Endpoint> {
  const all = await endpointsOf(shop);
  const exact = all.filter(({ endpointId, url }) => endpointId === word || url === word);
  const begun = all.filter(
    ({ endpointId, url }) => endpointId.startsWith(word) || url.startsWith(word),
  );
  const [found, ...others] = exact.length > 0 ? exact : begun;
  if (found !== undefined && others.length === 0 && word !== "") return found;
  throw new UserError(
    found === undefined || word === ""
      ? `There is no endpoint "${word}": bun run payflow webhooks endpoints list shows them.`
      : `"${word}" names ${others.length + 1} endpoints: give an id, as bun run payflow webhooks endpoints list shows it.`,
  );
}

function eventTypesOf(text: string | undefined): readonly string[] | null | undefined {
  if (text === undefined) return undefined;
  if (text === "all") return null;
  const types: readonly string[] = orderEventTypes;
  const wanted = text.split(",").map((type) => type.trim());
  const unknown = wanted.find((type) => !types.includes(type));
  if (unknown === undefined) return wanted;
  throw new UsageError(
    `--events: unknown event ${unknown}${didYouMean(unknown, types) || `: the events are ${types.join(", ")}`}`,
  );
}
