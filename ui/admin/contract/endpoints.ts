import type { OrderEventType } from "@payflow/shared";
import type { Listed } from "./listed.ts";

/** Webhooks to the shop's own servers. */
export type AdminEndpoints = {
  /** Oldest first; there are 20 at the most. */
  listEndpoints(): Promise<readonly EndpointRow[]>;
  findEndpoint(endpointId: string): Promise<EndpointRow | undefined>;
  /**
   * The secret is shown by this answer only. Throws AppError `webhook_endpoints_full`, and `invalid_request` for an address
   * that webhooks must not go to.
   */
  createEndpoint(given: EndpointInput): Promise<{ readonly secret: string; readonly url: string }>;
  /** Throws AppError `webhook_endpoint_not_found`, and `invalid_request` as above. */
  changeEndpoint(
    endpointId: string,
    change: Partial<EndpointInput> & { readonly isEnabled?: boolean },
  ): Promise<void>;
  /** A new secret, shown by this answer only; the former one signs beside it for a day. */
  rotateEndpoint(endpointId: string): Promise<{ readonly secret: string; readonly url: string }>;
  removeEndpoint(endpointId: string): Promise<void>;
  /** Newest first. */
  listDeliveries(
    endpointId: string,
    state: DeliveryState | undefined,
    after?: string,
  ): Promise<Listed<DeliveryRow>>;
  findDelivery(endpointId: string, eventId: string): Promise<DeliveryDetail | undefined>;
  /** Throws AppError `webhook_delivery_not_found`. */
  resendDelivery(endpointId: string, eventId: string): Promise<void>;
  /** Events of so many hours, at most 720; how many it were. */
  resendSince(
    endpointId: string,
    given: { readonly hours: number; readonly undeliveredOnly: boolean },
  ): Promise<number>;
};

export type EndpointInput = {
  readonly url: string;
  readonly description: string;
  /** Null: all. */
  readonly eventTypes: readonly OrderEventType[] | null;
};

export type EndpointRow = EndpointInput & {
  readonly endpointId: string;
  readonly createdAt: string;
  readonly disabledAt: string | null;
  readonly disabledReason: "operator" | "gone" | "failing" | null;
  readonly failingSince: string | null;
  readonly lastSuccessAt: string | null;
  readonly formerSecretUntil: string | null;
};

export type DeliveryState = "waiting" | "delivered" | "gave_up";

export type DeliveryRow = {
  readonly eventId: string;
  readonly eventType: OrderEventType;
  readonly orderId: string;
  readonly createdAt: string;
  readonly state: DeliveryState;
  readonly tries: number;
  readonly nextAt: string | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
};

export type DeliveryDetail = DeliveryRow & {
  /** What is sent; null once the event is no longer kept. */
  readonly body: string | null;
  /** Newest first. */
  readonly log: readonly {
    readonly startedAt: string;
    readonly durationMs: number;
    readonly status: number | null;
    readonly error: string | null;
    readonly response: string | null;
  }[];
};
