import { asOperator, requireOperator, type OperatorOf } from "@payflow/console";
import type { AdminNotifications } from "@payflow/ui";
import { AppError, plusMs } from "@payflow/shared";
import { parseInput } from "@payflow/shared/http";
import { deliveryNotFound, webhookDelivery, type NotificationDeps } from "./endpoint_routes.ts";
import { NewWebhookEndpoint, WebhookEndpointChange } from "./endpoint_schemas.ts";
import { mailServer, type Delivery, type DeliveryPage } from "./postgres_deliveries.ts";
import type { ComposeMail } from "./smtp_sender.ts";

const pageMax = 50;
const hourMs = 60 * 60_000;

/** What the console's pages of mails and webhooks call. */
export function adminNotifications(
  deps: NotificationDeps & {
    readonly now: () => string;
    readonly operator: OperatorOf;
    readonly compose: ComposeMail;
    /** Mails are sent: a server is set. */
    readonly isSending: boolean;
    /** What people call orders by, by order id. */
    readonly describeOrders: (
      orderIds: readonly string[],
    ) => Promise<ReadonlyMap<string, { readonly orderNumber: string }>>;
  },
): AdminNotifications {
  const { endpoints, deliveries, now, operator, compose, isSending } = deps;
  const as = <T>(role: "read" | "operate" | "admin", work: () => T): T =>
    asOperator(requireOperator(operator, role), undefined, work);

  async function numbered<Row extends Delivery>(rows: readonly Row[]) {
    const orders = await deps.describeOrders(rows.map(({ orderId }) => orderId));
    return rows.map((row) => ({ ...row, orderNumber: orders.get(row.orderId)?.orderNumber }));
  }

  async function list<Row>(targetId: string, page: Omit<DeliveryPage, "limit">) {
    const { rows, next } = await deliveries.list(targetId, { ...page, limit: pageMax });
    return { rows: (await numbered(rows)) as Row[], next };
  }

  return {
    listEndpoints: () => as("read", endpoints.list),
    findEndpoint: (endpointId) => as("read", () => endpoints.find(endpointId)),
    createEndpoint: (given) =>
      as("admin", async () => endpoints.create(parseInput(NewWebhookEndpoint, given))),
    changeEndpoint: (endpointId, given) =>
      as("admin", async () => {
        await endpoints.change(endpointId, parseInput(WebhookEndpointChange, given));
      }),
    rotateEndpoint: (endpointId) => as("admin", () => endpoints.rotate(endpointId)),
    removeEndpoint: (endpointId) => as("admin", () => endpoints.remove(endpointId)),
    listDeliveries: (endpointId, state, after) =>
      as("read", () => list(endpointId, { state, after })),
    findDelivery: (endpointId, eventId) =>
      as("read", async () => {
        const found = await webhookDelivery({ endpointId, eventId }, deliveries);
        return (await numbered([found]))[0] as never;
      }),
    resendDelivery: (endpointId, eventId) =>
      as("operate", async () => {
        if (!(await deliveries.resend(endpointId, eventId))) throw deliveryNotFound(eventId);
      }),
    resendSince: (endpointId, { hours, undeliveredOnly }) =>
      as("operate", async () => {
        await endpoints.find(endpointId);
        let all = 0;
        let since: string | null = plusMs(now(), -hours * hourMs);
        while (since !== null) {
          const page: Awaited<ReturnType<typeof deliveries.resendSince>> =
            await deliveries.resendSince(endpointId, { since, undeliveredOnly });
          all += page.resent;
          since = page.next === since ? null : page.next;
        }
        return all;
      }),
    listMails: (filter, after) =>
      as("read", async () => ({ ...(await list(mailServer, { ...filter, after })), isSending })),
    // it has the shopper's name, and a link that opens the order
    findMail: (id) =>
      as("operate", async () => {
        const found = await deliveries.find(mailServer, id);
        const mail = found && (await compose(found));
        if (found === undefined || mail === undefined) return undefined;
        const [row] = await numbered([found]);
        return { ...row, to: mail.to.address, content: mail } as never;
      }),
    resendMail: (id) =>
      as("operate", async () => {
        if (await deliveries.resend(mailServer, id)) return;
        throw new AppError("not_found", "mail_not_found", `There is no mail "${id}"`);
      }),
  };
}
