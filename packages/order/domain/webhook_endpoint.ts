import { AppError, plusMs, type OrderEventType } from "@payflow/shared";

/** Why an endpoint gets nothing: an operator's decision, its own answer 410, or five days of failures. */
export type DisabledReason = "operator" | "gone" | "failing";

/** An address of the shop's own server that gets order events; its secrets are shown once, when they are made. */
export type WebhookEndpoint = {
  readonly endpointId: string;
  readonly url: string;
  readonly description: string;
  /** Null: all. */
  readonly eventTypes: readonly OrderEventType[] | null;
  readonly createdAt: string;
  readonly disabledAt: string | null;
  readonly disabledReason: DisabledReason | null;
  /** The first failure since the last success. */
  readonly failingSince: string | null;
  readonly lastSuccessAt: string | null;
  /** Until then the secret before the current one signs as well. */
  readonly formerSecretUntil: string | null;
};

/** Each costs a row for every event. */
export const endpointsMax = 20;
/** So long an endpoint may fail before it is turned off. */
export const failingMaxMs = 5 * 24 * 60 * 60_000;
/** So long a former secret signs beside the new one, unless the rotation says otherwise. */
export const rotationHours = 24;

/**
 * An address as it is kept. Throws AppError `invalid_request` for one that is not https, unless `allowsPrivate`, that
 * has a login or a fragment, or names a private address.
 */
export function webhookUrl(
  text: string,
  { allowsPrivate, isPublic }: { allowsPrivate: boolean; isPublic: (host: string) => boolean },
): string {
  const url = URL.parse(text);
  const fault = faultOf(url, { allowsPrivate, isPublic });
  if (url !== null && fault === undefined) return url.href;
  const errors = [{ path: "url", message: fault ?? "is no address" }];
  throw new AppError("invalid", "invalid_request", `url: ${fault}`, { errors });
}

function faultOf(
  url: URL | null,
  { allowsPrivate, isPublic }: { allowsPrivate: boolean; isPublic: (host: string) => boolean },
): string | undefined {
  if (url === null) return "is no address";
  const isWeb = url.protocol === "https:" || (allowsPrivate && url.protocol === "http:");
  if (!isWeb) return "must begin with https://";
  if (url.username !== "" || url.password !== "") return "must not have a login";
  if (url.hash !== "") return "must not have a fragment";
  if (!allowsPrivate && !isPublic(url.hostname)) return "must be a public address";
  return undefined;
}

/** True when the endpoint has failed for too long to go on. */
export function isFailingTooLong(failingSince: string | null, now: string): boolean {
  return failingSince !== null && plusMs(failingSince, failingMaxMs) <= now;
}
