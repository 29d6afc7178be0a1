import { isPassing } from "@payflow/database";
import { beforeAbort, type Send } from "./deliver.ts";
import type { ClaimedDelivery } from "./postgres_queue.ts";

/** A server that is silent for so long is treated as one that is down. */
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
/** All of one mail; a server that answers a byte now and then must not hold a place for ever. */
const sendMs = 50_000;
/** As much of an answer as is kept. */
const errorMax = 300;

/** A mail as it is sent; whom it goes to is read then. */
export type Mail = {
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

/** The mail for what is kept of it; undefined once the order names nobody. */
export type ComposeMail = (
  mail: Pick<ClaimedDelivery, "orderId" | "facts" | "createdAt">,
) => Promise<Mail | undefined>;

/** As nodemailer has them. */
type SmtpError = Error & { readonly code?: string; responseCode?: number; command?: string };

/**
 * Sends by SMTP, one connection a mail. A mail keeps its Message-ID on every try, so that a server or a mailbox that got
 * it twice can tell. Only a refusal of this recipient or of this mail (5xx) is final: one of us or of our login may pass.
 */
export async function smtpSender(options: {
  readonly url: string;
  readonly from: string;
  /** After the @ of Message-IDs. */
  readonly host: string;
  readonly compose: ComposeMail;
  readonly sendMs?: number;
}): Promise<Send> {
  // without a server nothing of it is loaded
  const { createTransport } = await import("nodemailer");
  return async (delivery, { signal: stopped }) => {
    const { orderId, version, position } = delivery;
    const failed = { status: null, response: null };
    let mail: Mail | undefined;
    try {
      mail = await options.compose(delivery);
    } catch (thrown) {
      if (isPassing(thrown)) throw thrown;
      // it has its tries all the same, so that in the end operators are shown that it was not sent
      return { ...failed, error: "its text can't be made", unsent: "now", thrown };
    }
    if (mail === undefined)
      return { ...failed, error: "the order names nobody any more", unsent: "for_good" };
    stopped.throwIfAborted();
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(options.sendMs ?? sendMs)]);
    const transport = createTransport({ url: options.url, ...timeouts });
    try {
      const sending = transport.sendMail({
        // `to` is an object, so that nothing in a name is read as an address
        ...mail,
        from: options.from,
        messageId: `<${orderId}.${version}.${position}@${options.host}>`,
        date: new Date(delivery.createdAt),
        headers: { "Auto-Submitted": "auto-generated" },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      await beforeAbort(sending, signal);
      return { status: 250, error: null, response: null };
    } catch (thrown) {
      if (stopped.aborted) throw thrown;
      if (thrown === signal.reason) return { ...failed, error: "the mail server took too long" };
      return refusalOf(thrown as SmtpError, mail);
    } finally {
      transport.close();
    }
  };
}

function refusalOf(thrown: SmtpError, { to }: Mail): Awaited<ReturnType<Send>> {
  const { responseCode = null, command = "", code = "" } = thrown;
  const isOfMail = responseCode !== null && /^(RCPT TO|DATA)/.test(command) && code !== "EAUTH";
  // servers repeat the address in their answers, and no log may have it
  const error = thrown.message.replaceAll(to.address, "***").slice(0, errorMax);
  const refuses = !isOfMail ? undefined : responseCode >= 500 ? "for_good" : "now";
  return { status: responseCode, error, response: null, refuses };
}
