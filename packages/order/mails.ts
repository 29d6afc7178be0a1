import { renderMail, type Shop } from "@payflow/ui";
import type { Logger, OpenedService } from "@payflow/shared/http";
import { createMailDelivery, type ClaimedMail } from "./application/deliver_mails.ts";
import type { OrderConfig } from "./config.ts";
import type { Order } from "./domain/order.ts";
import { postgresMails } from "./infrastructure/postgres_mails.ts";
import { smtpSender } from "./infrastructure/smtp_sender.ts";

/** How often mails are looked for that another process wrote, or that are to be tried again. */
const idleMs = 5_000;

/** Mails to shoppers, wired: kept in any case, and sent where a mail server is set. */
export async function openMails(
  config: Pick<OrderConfig, "mail" | "publicUrl">,
  parts: {
    readonly service: OpenedService<never>;
    readonly shop: Shop;
    readonly findOrder: (orderId: string) => Promise<Order | undefined>;
    readonly linkOf: (order: Order) => string;
    readonly newId: () => string;
    readonly log: Logger;
  },
) {
  const { service, shop, findOrder, linkOf, newId, log } = parts;
  const { db, now } = service;
  const mails = postgresMails(db);
  const render = (mail: Pick<ClaimedMail, "facts" | "createdAt">, order: Order) =>
    renderMail({ mail: mail.facts, at: mail.createdAt, order, shop, link: linkOf(order) });
  const { smtpUrl, from } = config.mail;
  if (smtpUrl === undefined || from === undefined) return { mails, render, wake: () => {} };
  const host = new URL(config.publicUrl).hostname;
  const delivery = createMailDelivery({
    queue: mails,
    send: await smtpSender({ url: smtpUrl, from, host, render }),
    findOrder,
    now,
    newId,
    random: Math.random,
    onEnded(mail, { error, isFinal }) {
      if (error === null) log.info(mail, "mail sent");
      else log.warn({ ...mail, error, isFinal }, "mail not sent");
    },
  });
  const worker = service.every(idleMs, "mails", () => delivery.runOnce(), {
    backoffMaxMs: 60_000,
  });
  return { mails, render, wake: worker.wake };
}
