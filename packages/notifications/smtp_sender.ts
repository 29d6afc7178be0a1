import { isTemporary } from "@payflow/database";
import { withoutPeople } from "@payflow/shared/http";
import { beforeAbort, type Send } from "./deliver.ts";
import type { ClaimedDelivery } from "./postgres_queue.ts";

/** A server that is silent for this long is treated as down. */
const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
/** Time limit of a whole mail: a server that sends single bytes must not occupy a call for ever. */
const sendMs = 50_000;
/** Characters of a server's response that are stored. */
const errorMax = 300;

/** A mail as it is sent; the recipient is read from the order at that time. */
export type Mail = {
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
};

/** Composes the mail from its stored row; undefined once the order's customer is erased. */
export type ComposeMail = (
  mail: Pick<ClaimedDelivery, "orderId" | "facts" | "createdAt">,
) => Promise<Mail | undefined>;

/** An error of nodemailer. */
type SmtpError = Error & { readonly code?: string; responseCode?: number; command?: string };

/**
 * Sends by SMTP, one connection per mail. A mail keeps its Message-ID on every try, so that servers and mailboxes can
 * recognize duplicates. Only a rejection of the recipient or the mail (5xx) is final; errors of the login may be temporary.
 */
export async function smtpSender(options: {
  readonly url: string;
  readonly from: string;
  /** After the @ of Message-IDs. */
  readonly host: string;
  readonly compose: ComposeMail;
  readonly sendMs?: number;
}): Promise<Send> {
  // loaded only when a mail server is configured
  const { createTransport } = await import("nodemailer");
  return async (delivery, { signal: stopped }) => {
    const { orderId, version, position } = delivery;
    const failed = { status: null, response: null };
    let mail: Mail | undefined;
    try {
      mail = await options.compose(delivery);
    } catch (thrown) {
      if (isTemporary(thrown)) throw thrown;
      // counts as a try, so that operators finally see that the mail was not sent
      return { ...failed, error: "its text can't be made", unsent: "now", thrown };
    }
    if (mail === undefined)
      return { ...failed, error: "the customer was erased", unsent: "for_good" };
    stopped.throwIfAborted();
    const signal = AbortSignal.any([stopped, AbortSignal.timeout(options.sendMs ?? sendMs)]);
    const transport = createTransport({ url: options.url, ...timeouts });
    try {
      const sending = transport.sendMail({
        // `to` is an object, so that no part of a name is parsed as an address
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
      return refusalOf(thrown as SmtpError);
    } finally {
      transport.close();
    }
  };
}

function refusalOf(thrown: SmtpError): Awaited<ReturnType<Send>> {
  const { responseCode = null, command = "", code = "" } = thrown;
  const isOfMail = responseCode !== null && /^(RCPT TO|DATA)/.test(command) && code !== "EAUTH";
  // servers repeat the address, also in lower case, and neither logs nor lists may contain it
  const error = withoutPeople(thrown.message).slice(0, errorMax);
  const refuses = !isOfMail ? undefined : responseCode >= 500 ? "for_good" : "now";
  return { status: responseCode, error, response: null, refuses };
}
