import type { OrderEventType, OrderMail } from "@payflow/shared";
import type { RenderedMail } from "../../mails/render_mail.tsx";
import type { Listed } from "./listed.ts";

/** Mails to shoppers, and webhooks to the shop's own servers. */
export type AdminNotifications = {
  /** Newest first. `isSending`: a mail server is set; without one mails are only kept. */
  listMails(
    filter: MailFilter,
    after?: string,
  ): Promise<Listed<MailRow> & { readonly isSending: boolean }>;
  /** With what it says; undefined as well once the order names nobody any more. */
  findMail(id: string): Promise<MailDetail | undefined>;
  /** Sends it again, whatever became of it. Throws AppError `mail_not_found`. */
  resendMail(id: string): Promise<void>;
  /** Oldest first; there are 20 at the most. */
  listEndpoints(): Promise<readonly EndpointRow[]>;
  /** Throws AppError `webhook_endpoint_not_found`. */
  findEndpoint(endpointId: string): Promise<EndpointRow>;
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
  /** Throws AppError `webhook_delivery_not_found`, as what follows. */
  findDelivery(endpointId: string, eventId: string): Promise<DeliveryDetail>;
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

/** What one change of an order sends to one target. */
export type SentRow<Kind extends string> = {
  readonly id: string;
  readonly kind: Kind;
  readonly orderId: string;
  /** What people call the order by; undefined when it is not here. */
  readonly orderNumber?: string | undefined;
  readonly createdAt: string;
  readonly state: DeliveryState;
  readonly tries: number;
  /** When it is tried next; null once it has ended. */
  readonly nextAt: string | null;
  readonly endedAt: string | null;
  readonly lastStatus: number | null;
  /** What the mail server said, or why there was no response. */
  readonly lastError: string | null;
};

export type MailRow = SentRow<OrderMail["kind"]>;
export type MailDetail = MailRow & { readonly to: string; readonly content: RenderedMail };
export type MailFilter = {
  readonly state?: "gave_up" | undefined;
  readonly orderId?: string | undefined;
};

/** `id` is the event's. */
export type DeliveryRow = SentRow<OrderEventType>;
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
