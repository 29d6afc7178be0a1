import { AppError, type OrderEventType } from "@payflow/shared";
import {
  endpointsMax,
  rotationHours,
  webhookUrl,
  type WebhookEndpoint,
} from "../domain/webhook_endpoint.ts";

export type NewWebhookEndpoint = Pick<WebhookEndpoint, "url" | "description" | "eventTypes">;
export type WebhookEndpointChange = {
  readonly [Name in keyof NewWebhookEndpoint]?: NewWebhookEndpoint[Name] | undefined;
} & { readonly isEnabled?: boolean | undefined };

export type DeliveryState = "waiting" | "delivered" | "gave_up";

/** One event for one endpoint. */
export type WebhookDelivery = {
  readonly eventId: string;
  readonly eventType: OrderEventType;
  readonly orderId: string;
  /** Of the event. */
  readonly createdAt: string;
  readonly state: DeliveryState;
  readonly tries: number;
  /** When the next try is due; null once it has ended. */
  readonly nextAt: string | null;
  readonly endedAt: string | null;
  /** Of the last try. */
  readonly lastStatus: number | null;
  readonly lastError: string | null;
};

export type WebhookTry = {
  readonly startedAt: string;
  readonly durationMs: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly response: string | null;
};

export type DeliveryPage = {
  readonly state?: DeliveryState | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
};

export type WebhookEndpointRepository = {
  /** Oldest first. */
  list(): Promise<readonly WebhookEndpoint[]>;
  find(endpointId: string): Promise<WebhookEndpoint | undefined>;
  /** "full": there are `endpointsMax` already. */
  create(endpoint: NewWebhookEndpoint): Promise<{ secret: string; made: WebhookEndpoint } | "full">;
  /** Undefined: there is none. Turned on again it goes on with what had been waiting. */
  change(endpointId: string, change: WebhookEndpointChange): Promise<WebhookEndpoint | undefined>;
  /** A new secret; the one until now signs beside it for so long. Undefined: there is no such endpoint. */
  rotate(
    endpointId: string,
    formerForHours: number,
  ): Promise<{ secret: string; rotated: WebhookEndpoint } | undefined>;
  /** What still waited is never sent. False: there is none. */
  remove(endpointId: string): Promise<boolean>;
  /** Newest first; `next` is the place after the page, null on the last one. */
  listDeliveries(
    endpointId: string,
    page: DeliveryPage,
  ): Promise<{ readonly rows: readonly WebhookDelivery[]; readonly next: string | null }>;
  /** With its tries, newest first, and what is sent. */
  findDelivery(
    endpointId: string,
    eventId: string,
  ): Promise<
    | (WebhookDelivery & { readonly log: readonly WebhookTry[]; readonly payload: string | null })
    | undefined
  >;
  /** Has it sent again from the first try on. Undefined: there is no such delivery. */
  resend(endpointId: string, eventId: string): Promise<WebhookDelivery | undefined>;
  /**
   * Has the events since then sent again that the endpoint takes, whether or not they were sent before: a page, oldest
   * first. `next` is where the page after begins, null when there is none.
   */
  resendSince(
    endpointId: string,
    page: { readonly since: string; readonly undeliveredOnly: boolean },
  ): Promise<{ readonly resent: number; readonly next: string | null }>;
};

export type WebhookDeps = {
  readonly webhooks: WebhookEndpointRepository;
  /** Where webhooks may go. */
  readonly webhookAddresses: Parameters<typeof webhookUrl>[1];
};

/** Throws AppError `webhook_endpoints_full`, and `invalid_request` for an address that webhooks must not go to. */
export async function createWebhookEndpoint(
  given: NewWebhookEndpoint,
  { webhooks, webhookAddresses }: WebhookDeps,
) {
  const url = webhookUrl(given.url, webhookAddresses);
  const created = await webhooks.create({ ...given, url });
  if (created !== "full") return created;
  const text = `There are ${endpointsMax} webhook endpoints already: remove one that is not needed`;
  throw new AppError("conflict", "webhook_endpoints_full", text);
}

/** Throws AppError `webhook_endpoint_not_found`, and `invalid_request` for an address that webhooks must not go to. */
export async function changeWebhookEndpoint(
  endpointId: string,
  change: WebhookEndpointChange,
  { webhooks, webhookAddresses }: WebhookDeps,
): Promise<WebhookEndpoint> {
  const { url } = change;
  const checked = url === undefined ? {} : { url: webhookUrl(url, webhookAddresses) };
  return found(endpointId, await webhooks.change(endpointId, { ...change, ...checked }));
}

/** Throws AppError `webhook_endpoint_not_found`. */
export async function rotateWebhookSecret(
  {
    endpointId,
    formerForHours = rotationHours,
  }: { endpointId: string; formerForHours?: number | undefined },
  { webhooks }: Pick<WebhookDeps, "webhooks">,
) {
  return found(endpointId, await webhooks.rotate(endpointId, formerForHours));
}

/** Throws AppError `webhook_endpoint_not_found`. */
export async function findWebhookEndpoint(
  endpointId: string,
  { webhooks }: Pick<WebhookDeps, "webhooks">,
): Promise<WebhookEndpoint> {
  return found(endpointId, await webhooks.find(endpointId));
}

/** Throws AppError `webhook_endpoint_not_found`. */
export async function removeWebhookEndpoint(
  endpointId: string,
  { webhooks }: Pick<WebhookDeps, "webhooks">,
): Promise<void> {
  found(endpointId, (await webhooks.remove(endpointId)) || undefined);
}

/** Has all events since a time sent again, page by page; how many it were. Throws AppError `webhook_endpoint_not_found`. */
export async function resendWebhooks(
  { endpointId, ...given }: { endpointId: string; since: string; undeliveredOnly: boolean },
  { webhooks }: Pick<WebhookDeps, "webhooks">,
): Promise<number> {
  found(endpointId, await webhooks.find(endpointId));
  let all = 0;
  let since: string | null = given.since;
  while (since !== null) {
    const { resent, next }: { resent: number; next: string | null } = await webhooks.resendSince(
      endpointId,
      { ...given, since },
    );
    all += resent;
    since = next === since ? null : next;
  }
  return all;
}

function found<T>(endpointId: string, endpoint: T | undefined): T {
  if (endpoint === undefined) throw webhookEndpointNotFound(endpointId);
  return endpoint;
}

export const webhookEndpointNotFound = (endpointId: string) =>
  new AppError(
    "not_found",
    "webhook_endpoint_not_found",
    `There is no webhook endpoint "${endpointId}"`,
  );

/** What an endpoint has of an event. Throws AppError `webhook_delivery_not_found`. */
export function foundDelivery<T>(eventId: string, delivery: T | undefined): T {
  if (delivery !== undefined) return delivery;
  const text = `This endpoint has no delivery of the event "${eventId}"`;
  throw new AppError("not_found", "webhook_delivery_not_found", text);
}
