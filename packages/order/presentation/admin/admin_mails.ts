import type { AdminMails, RenderedMail } from "@payflow/ui";
import { asOperator, requireOperator, type OperatorOf } from "@payflow/console";
import { AppError } from "@payflow/shared";
import type { MailId } from "../../application/deliver_mails.ts";
import type { KeptMail, MailRepository } from "../../application/mails.ts";
import type { Order } from "../../domain/order.ts";

const pageMax = 50;

/** The console's pages of mails to shoppers. */
export function adminMails(deps: {
  readonly operator: OperatorOf;
  readonly mails: MailRepository;
  readonly findOrder: (orderId: string) => Promise<Order | undefined>;
  readonly render: (mail: Pick<KeptMail, "facts" | "createdAt">, order: Order) => RenderedMail;
  /** Mails are sent: a server is set. */
  readonly isSending: boolean;
}): AdminMails {
  const { operator, mails, isSending } = deps;
  return {
    async listMails(filter, after) {
      requireOperator(operator, "read");
      const { rows, next } = await mails.list({ ...filter, after, limit: pageMax });
      return { rows: rows.map(mailRow), next, isSending };
    },
    async findMail(id) {
      // it has the shopper's name, and a link that opens the order
      requireOperator(operator, "operate");
      const place = placeOf(id);
      const mail = place && (await mails.find(place));
      const order = mail && (await deps.findOrder(mail.orderId));
      if (mail === undefined || order === undefined || order.customerEmail === "") return undefined;
      return { ...mailRow(mail), to: order.customerEmail, content: deps.render(mail, order) };
    },
    async resendMail(id) {
      const who = requireOperator(operator, "operate");
      const place = placeOf(id);
      const isDone =
        place !== undefined && (await asOperator(who, undefined, () => mails.resend(place)));
      if (!isDone) throw new AppError("not_found", "mail_not_found", `There is no mail "${id}"`);
    },
  };
}

function mailRow(mail: KeptMail) {
  const { orderId, version, position, facts, ...row } = mail;
  return { ...row, id: `${orderId}.${version}.${position}`, orderId, kind: facts.kind };
}

function placeOf(id: string): MailId | undefined {
  const [, orderId = "", version, position] = /^([\w-]{36})\.(\d{1,7})\.(\d{1,3})$/.exec(id) ?? [];
  if (version === undefined) return undefined;
  return { orderId, version: Number(version), position: Number(position) };
}
