import type { OrderEventType, OrderMail } from "@payflow/shared";
import type { RenderedMail } from "../../mails/render_mail.tsx";
import type { Listed } from "./listed.ts";

/** Mails to shoppers, and webhooks to the shop's own servers. */
export type AdminNotifications = {
  /** Newest first. `isSending`: a mail server is configured; otherwise mails are stored only. */
  listMails(
    filter: MailFilter,
    after?: string,
  ): Promise<Listed<MailRow> & { readonly isSending: boolean }>;
  /** With its content; undefined also after the customer's data were erased from the order. */
  findMail(id: string): Promise<MailDetail | undefined>;
  /** Sends the mail again in any state. Throws AppError `mail_not_found`. */
  resendMail(id: string): Promise<void>;
  /** Oldest first, at most 20. */
  listEndpoints(): Promise<readonly EndpointRow[]>;
  /** Throws AppError `webhook_endpoint_not_found`. */
  findEndpoint(endpointId: string): Promise<EndpointRow>;
  /**
   * `endpointId` is the form's, so that a form that is sent twice adds one endpoint. Only this response contains the
   * secret. Throws AppError `webhook_endpoint_exists`, `webhook_endpoints_full`, and `invalid_request` for an address to
   * which webhooks must not be sent.
   */
  createEndpoint(
    given: EndpointInput & { readonly endpointId: string },
  ): Promise<{ readonly secret: string; readonly url: string }>;
  /** Throws AppError `webhook_endpoint_not_found`, and `invalid_request` as above. */
  changeEndpoint(
    endpointId: string,
    change: Partial<EndpointInput> & { readonly isEnabled?: boolean },
  ): Promise<void>;
  /** Makes a new secret, contained in this response only; the former secret also signs for another day. */
  rotateEndpoint(endpointId: string): Promise<{ readonly secret: string; readonly url: string }>;
  removeEndpoint(endpointId: string): Promise<void>;
  /** Newest first. */
  listDeliveries(
    endpointId: string,
    state: DeliveryState | undefined,
    after?: string,
  ): Promise<Listed<DeliveryRow>>;
  /** This function and the next throw AppError `webhook_delivery_not_found`. */
  findDelivery(endpointId: string, eventId: string): Promise<DeliveryDetail>;
  resendDelivery(endpointId: string, eventId: string): Promise<void>;
  /** Resends the events of the last `hours` (at most 720); returns their number. */
  resendSince(
    endpointId: string,
    given: { readonly hours: number; readonly undeliveredOnly: boolean },
  ): Promise<number>;
};

export type EndpointInput = {
  readonly url: string;
  readonly description: string;
  /** Null: all types. */
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

/** The delivery of one event of an order to one recipient. */
export type SentRow<Kind extends string> = {
  readonly id: string;
  readonly kind: Kind;
  readonly orderId: string;
  /** The short number for operators; undefined when this database lacks the order. */
  readonly orderNumber?: string | undefined;
  readonly createdAt: string;
  readonly state: DeliveryState;
  readonly tries: number;
  /** Time of the next try; null when there is none. */
  readonly nextAt: string | null;
  readonly endedAt: string | null;
  readonly lastStatus: number | null;
  /** The mail server's reply, or the error when there was no response. */
  readonly lastError: string | null;
};

export type MailRow = SentRow<OrderMail["kind"]>;
export type MailDetail = MailRow & { readonly to: string; readonly content: RenderedMail };
export type MailFilter = {
  readonly state?: "gave_up" | undefined;
  readonly orderId?: string | undefined;
};

/** `id` is the event's id. */
export type DeliveryRow = SentRow<OrderEventType>;
export type DeliveryDetail = DeliveryRow & {
  /** The request's body; null when the event is deleted. */
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
