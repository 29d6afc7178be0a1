// What a shopper is written about a change of their order. A mail is decided with the change and written with it, so
// each is written once; it has sums and places, and nobody's name: whom it goes to is read when it is sent.
import { plusMs, type OrderMail } from "@payflow/shared";
import type { Order } from "./order.ts";

/** A row of the table mails. */
export type MailRow = { readonly kind: OrderMail["kind"]; readonly facts: OrderMail };

/** The mails of a change, in their order. Orders of integrators have none: their shops write to their own customers. */
export function mailsOf(before: Order | null, after: Order): MailRow[] {
  if (after.sessionId === null || after.customerEmail === "") return [];
  return decided(before, after).map((facts) => ({ kind: facts.kind, facts }));
}

function decided(before: Order | null, after: Order): OrderMail[] {
  if (before === null) return [{ kind: "placed" }];
  const { payment } = after;
  const mails: OrderMail[] = [];
  if (before.status !== after.status) mails.push(...ofStatus(before, after));
  const answered = answer(before, after);
  const refunded = after.refundedAmount - before.refundedAmount;
  if (answered !== undefined) mails.push(answered);
  else if (refunded > 0) mails.push({ kind: "refunded", amount: refunded, isReturn: false });
  const returned = (payment?.returnedAmount ?? 0) - (before.payment?.returnedAmount ?? 0);
  if (returned > 0) mails.push({ kind: "refunded", amount: returned, isReturn: true });
  if (payment?.refundAccountNeeded && !before.payment?.refundAccountNeeded)
    mails.push({ kind: "account_needed" });
  return mails;
}

function ofStatus(before: Order, { status, payment }: Order): OrderMail[] {
  const account = payment?.virtualAccount;
  switch (status) {
    case "AWAITING_DEPOSIT":
      return account ? [{ kind: "account", account }] : [];
    case "CONFIRMED": {
      const { method = null, receiptUrl = null } = payment ?? {};
      return before.confirmedAt === null ? [{ kind: "paid", method, receiptUrl }] : [];
    }
    case "CANCELED":
      return [{ kind: "canceled" }];
    case "EXPIRED":
      return [{ kind: "expired" }];
    default:
      return [];
  }
}

/** A request that was decided by this change. */
function answer(before: Order, after: Order): OrderMail | undefined {
  const { refundRequest: request } = after;
  if (request === null || request.status === before.refundRequest?.status) return undefined;
  if (request.status === "declined")
    return { kind: "request_declined", answer: request.answer ?? "" };
  if (request.status !== "granted") return undefined;
  const amount = after.refundedAmount - before.refundedAmount;
  return { kind: "request_granted", amount, answer: request.answer };
}

const minute = 60_000;
/** Waits after each failed try; greylisting servers take a mail after five to fifteen minutes. */
const retryDelaysMs = [1, 5, 15, 60, 180, 360, 720].map((minutes) => minutes * minute);
/** A mail that is older is news to nobody, and is not sent any more. */
export const mailLifeMs = 3 * 24 * 60 * minute;

/** What a try to send came to: whoever refuses for good is not tried again. */
export type MailResult = { readonly error: string | null; readonly isFinal: boolean };

/** When a mail that was not sent is tried again; null: not again. `tries` counts this one, `random` is in [0, 1). */
export function nextTryAt(
  { isFinal }: MailResult,
  mail: { readonly tries: number; readonly since: string },
  { now, random }: { readonly now: string; readonly random: number },
): string | null {
  const delayMs = retryDelaysMs[mail.tries - 1] ?? (retryDelaysMs.at(-1) as number);
  const at = plusMs(now, Math.round(delayMs * (1 + random / 10)));
  return isFinal || at > plusMs(mail.since, mailLifeMs) ? null : at;
}
