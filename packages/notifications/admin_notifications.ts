import { forOperators, type OperatorOf } from "@payflow/console";
import type { AdminNotifications, DeliveryRow, MailRow } from "@payflow/ui";
import { AppError, plusMs } from "@payflow/shared";
import { parseInput } from "@payflow/shared/http";
import { deliveryNotFound, webhookDelivery, type NotificationDeps } from "./endpoint_routes.ts";
import { NewWebhookEndpoint, WebhookEndpoint, WebhookEndpointChange } from "./endpoint_schemas.ts";
import { mailServer, type Delivery, type DeliveryPage } from "./postgres_deliveries.ts";
import type { ComposeMail } from "./smtp_sender.ts";

const pageMax = 50;
const hourMs = 60 * 60_000;

/** The functions of the console's pages of mails and webhooks. */
export function adminNotifications(
  deps: NotificationDeps & {
    readonly now: () => string;
    readonly operator: OperatorOf;
    readonly compose: ComposeMail;
    /** Whether mails are sent: a mail server is configured. */
    readonly isSending: boolean;
    /** Order numbers by order id. */
    readonly describeOrders: (
      orderIds: readonly string[],
    ) => Promise<ReadonlyMap<string, { readonly orderNumber: string }>>;
  },
): AdminNotifications {
  const { endpoints, deliveries, now, operator, compose, isSending } = deps;
  const may = forOperators(operator);

  async function numbered<Row>(rows: readonly Delivery[]): Promise<readonly Row[]> {
    const orders = await deps.describeOrders(rows.map(({ orderId }) => orderId));
    return rows.map(
      (row) => ({ ...row, orderNumber: orders.get(row.orderId)?.orderNumber }) as Row,
    );
  }

  async function list<Row>(targetId: string, page: Omit<DeliveryPage, "limit">) {
    const { rows, next } = await deliveries.list(targetId, { ...page, limit: pageMax });
    return { rows: await numbered<Row>(rows), next };
  }

  return {
    listEndpoints: may("read", endpoints.list),
    findEndpoint: may("read", endpoints.find),
    createEndpoint: may("admin", async ({ endpointId, ...given }) => {
      const id = parseInput(WebhookEndpoint.entries.endpointId, endpointId);
      return await endpoints.create(parseInput(NewWebhookEndpoint, given), { id });
    }),
    changeEndpoint: may("admin", async (endpointId: string, given) => {
      await endpoints.change(endpointId, parseInput(WebhookEndpointChange, given));
    }),
    rotateEndpoint: may("admin", (endpointId: string) => endpoints.rotate(endpointId)),
    removeEndpoint: may("admin", endpoints.remove),
    listDeliveries: may("read", (endpointId: string, state, after) =>
      list(endpointId, { state, after }),
    ),
    findDelivery: may("read", async (endpointId: string, eventId: string) => {
      const { delivery, ...shown } = await webhookDelivery({ endpointId, eventId }, deliveries);
      const [row] = await numbered<DeliveryRow>([delivery]);
      return { ...(row as DeliveryRow), ...shown };
    }),
    resendDelivery: may("operate", async (endpointId: string, eventId: string) => {
      if (!(await deliveries.resend(endpointId, eventId))) throw deliveryNotFound(eventId);
    }),
    resendSince: may("operate", async (endpointId: string, { hours, undeliveredOnly }) => {
      await endpoints.find(endpointId);
      let all = 0;
      let since: string | null = plusMs(now(), -hours * hourMs);
      while (since !== null) {
        const page: Awaited<ReturnType<typeof deliveries.resendSince>> =
          await deliveries.resendSince(endpointId, { since, undeliveredOnly });
        all += page.resent;
        since = page.next;
      }
      return all;
    }),
    listMails: may("read", async (filter, after) => ({
      ...(await list<MailRow>(mailServer, { ...filter, after })),
      isSending,
    })),
    // role operate: the mail has the shopper's name and a link that opens the order
    findMail: may("operate", async (id: string) => {
      const found = await deliveries.find(mailServer, id);
      const content = found && (await compose({ ...found.delivery, facts: found.facts }));
      if (found === undefined || content === undefined) return undefined;
      const [row] = await numbered<MailRow>([found.delivery]);
      return { ...(row as MailRow), to: content.to.address, content };
    }),
    resendMail: may("operate", async (id: string) => {
      if (await deliveries.resend(mailServer, id)) return;
      throw new AppError("not_found", "mail_not_found", `There is no mail "${id}"`);
    }),
  };
}
