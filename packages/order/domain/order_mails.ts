// Which mails a change of an order causes. The change's statement inserts them, so each mail exists once. A stored mail
// holds no name or address: the recipient is read from the order when the mail is sent.
import type { OrderMail } from "@payflow/shared";
import type { Order } from "./order.ts";

/** The mails of a change, in sending order. Orders of integrators have none: their shops send their own mails. */
export function mailsOf(before: Order | null, after: Order): OrderMail[] {
  if (after.sessionId === null || after.customerEmail === "") return [];
  if (before === null) return [{ kind: "placed" }];
  const { payment } = after;
  const mails: OrderMail[] = [];
  if (before.status !== after.status) mails.push(...ofStatus(before, after));
  const refunded = after.refundedAmount - before.refundedAmount;
  const answered = answer(before, after, refunded);
  if (answered !== undefined) mails.push(answered);
  // one snapshot may contain the request's refund and others
  const rest = refunded - (answered?.kind === "request_granted" ? answered.amount : 0);
  if (rest > 0) mails.push({ kind: "refunded", amount: rest, isReturn: false });
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

/** The mail about a refund request that this change decided. */
function answer(before: Order, { refundRequest: request }: Order, refunded: number) {
  if (request === null || request.status === before.refundRequest?.status) return undefined;
  if (request.status === "declined")
    return { kind: "request_declined", answer: request.answer ?? "" } as const;
  if (request.status !== "granted") return undefined;
  const granted = request.refund?.amount ?? refunded;
  const amount = Math.min(granted, refunded || granted);
  return { kind: "request_granted", amount, answer: request.answer } as const;
}
