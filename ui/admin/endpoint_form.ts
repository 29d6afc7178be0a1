import { type AppError, orderEventTypes, type OrderEventType } from "@payflow/shared";
import type { EndpointInput } from "./contract.ts";

/** An endpoint as typed, and its invalid fields. */
export type SentEndpoint = EndpointInput & {
  readonly faults: readonly string[];
  readonly refused?: string;
};

/** Each event has a checkbox of its name; none checked means all events. */
export function readEndpoint(body: Record<string, unknown>): SentEndpoint {
  const text = (name: string, max: number) => {
    const value = body[name];
    return typeof value === "string" ? value.trim().slice(0, max) : "";
  };
  const url = text("url", 2_048);
  const description = text("description", 250);
  const chosen: OrderEventType[] = orderEventTypes.filter((type) => body[type] !== undefined);
  const eventTypes = chosen.length === 0 ? null : chosen;
  const isAddress = /^https?:$/.test(URL.parse(url)?.protocol ?? "");
  const faults = [
    ...(isAddress ? [] : ["url"]),
    ...(description.length > 200 || /\p{Cc}/u.test(description) ? ["description"] : []),
  ];
  return { url, description, eventTypes, faults };
}

/** The form with the fields that the server refused. */
export function refusedEndpoint(
  sent: SentEndpoint,
  refusal: AppError,
  refused: string,
): SentEndpoint {
  const faults = refusal.details.errors?.map(({ path }) => path) ?? [];
  return { ...sent, faults, refused };
}
