import { within } from "@payflow/outbox";
import type { ClaimedMail, SendMail } from "../application/deliver_mails.ts";
import type { Order } from "../domain/order.ts";

/** A server that is silent for so long is treated as one that is down. */
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
/** All of one mail; a server that answers a byte now and then must not hold a place for ever. */
const sendMs = 60_000;
/** As much of an answer as is kept. */
const errorMax = 300;
const tooLong = () => new Error("the mail server took too long");

type Message = {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

/** As nodemailer has them. */
type SmtpError = Error & {
  readonly code?: string;
  readonly responseCode?: number;
  readonly command?: string;
};

/**
 * Sends by SMTP, one connection a mail. A mail keeps its Message-ID on every try, so that a server or a mailbox that got
 * it twice can tell. Only a refusal of this recipient or of this mail (5xx) is final: one of us or of our login may pass.
 */
export async function smtpSender(options: {
  readonly url: string;
  readonly from: string;
  /** After the @ of Message-IDs. */
  readonly host: string;
  readonly render: (mail: ClaimedMail, order: Order) => Message;
  readonly sendMs?: number;
}): Promise<SendMail> {
  // without a server nothing of it is loaded
  const { createTransport } = await import("nodemailer");
  return async (mail, order) => {
    const { orderId, version, position } = mail;
    const transport = createTransport({ url: options.url, ...timeouts });
    try {
      const sending = transport.sendMail({
        ...options.render(mail, order),
        from: options.from,
        // as an object, so that nothing in a name is read as an address
        to: { name: order.customerName, address: order.customerEmail },
        messageId: `<${orderId}.${version}.${position}@${options.host}>`,
        date: new Date(mail.createdAt),
        headers: { "Auto-Submitted": "auto-generated" },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      await within(sending, options.sendMs ?? sendMs, tooLong);
      return { error: null, isFinal: false, isAway: false };
    } catch (thrown) {
      return refusalOf(thrown as SmtpError, order);
    } finally {
      transport.close();
    }
  };
}

function refusalOf(thrown: SmtpError, { customerEmail }: Order) {
  const { responseCode = 0, command = "", code = "" } = thrown;
  const isOfMail = /^(RCPT TO|DATA)/.test(command) && code !== "EAUTH";
  // servers repeat the address in their answers, and no log may have it
  const said = thrown.message.replaceAll(customerEmail, "***").slice(0, errorMax);
  return {
    error: said,
    isFinal: responseCode >= 500 && isOfMail,
    isAway: responseCode === 0,
  };
}
