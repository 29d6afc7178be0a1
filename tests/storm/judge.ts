import type postgres from "postgres";
import { steadily } from "./steadily.ts";

export type Answer = {
  /** When the request was sent. */
  readonly sentAtMs: number;
  readonly status: number;
  readonly body: Record<string, unknown>;
};

/** A request of a shopper or the merchant. */
export type Requested =
  | {
      readonly what: "confirm";
      readonly paymentKey: string;
      readonly amount: number;
      /** The order's amount in won. */
      readonly price: number;
    }
  | { readonly what: "cancel" }
  | {
      readonly what: "refund";
      readonly key: string;
      readonly amount: number;
      readonly hasAccount: boolean;
    };

/** A payment's row just after the response. The response's outcome was decided before, and is never undone. */
export type PaymentTruth = {
  readonly status: string;
  /** Expired, by the database's clock. */
  readonly isOver: boolean;
  readonly isClosing: boolean;
  /** The row changed after the request was sent, so facts that can change may have differed at the response. */
  readonly hasChanged: boolean;
  readonly kept: {
    readonly paymentKey: string;
    readonly approvedAt: string | null;
    readonly balanceAmount: number;
    readonly virtualAccount: unknown;
  } | null;
  readonly attempts: readonly {
    readonly paymentKey: string;
    readonly status: string;
  }[];
  readonly refunds: readonly {
    readonly key: string;
    readonly status: string;
    readonly amount: number;
  }[];
};

export async function paymentTruth(
  payments: postgres.Sql,
  { orderId, sentAtMs }: { readonly orderId: string; readonly sentAtMs: number },
): Promise<PaymentTruth | undefined> {
  const [row] = await steadily(
    () => payments<PaymentTruth[]>`
      select status, expires_at <= now() as "isOver", closing is not null as "isClosing",
        changed_at >= ${new Date(sentAtMs)} as "hasChanged", kept, attempts, refunds
      from payments where id = ${orderId}`,
  );
  return row;
}

/**
 * The error in a response, judged by the row just after it, or undefined. Only facts that can't change any more are
 * compared: an ended attempt, a balance that only falls, a closed order.
 */
export function judge(
  requested: Requested,
  answer: Answer,
  truth: PaymentTruth | undefined,
): string | undefined {
  const got = `${requested.what} got ${answer.status} ${answer.body["code"] ?? answer.body["status"] ?? ""}`;
  if (truth === undefined) {
    // the amount is checked before anything is stored
    const isTampered = requested.what === "confirm" && requested.amount !== requested.price;
    return isTampered && answer.body["code"] === "amount_mismatch"
      ? undefined
      : `${got}, but there is no payment`;
  }
  const why =
    requested.what === "confirm"
      ? confirmLie(requested, answer, truth)
      : requested.what === "cancel"
        ? cancelLie(answer, truth)
        : refundLie(requested, answer, truth);
  return why === undefined ? undefined : `${got}, ${why}`;
}

const unexpected = "which is unexpected here";

function confirmLie(
  { paymentKey, amount, price }: Extract<Requested, { what: "confirm" }>,
  { status, body }: Answer,
  truth: PaymentTruth,
): string | undefined {
  const attempt = truth.attempts.find((each) => each.paymentKey === paymentKey);
  const others = truth.attempts.filter((each) => each.paymentKey !== paymentKey);
  const isHeld = truth.kept?.paymentKey === paymentKey;
  if (amount !== price && body["code"] !== "amount_mismatch")
    return `for ${amount} instead of ${price}`;
  switch (body["code"] ?? status) {
    case 200:
      if (body["amount"] !== price) return `for ${String(body["amount"])}`;
      return isHeld ? undefined : "but another payment was kept, or none";
    case 202:
      return body["status"] === "IN_PROGRESS" ? undefined : unexpected;
    case "payment_declined":
    case "payment_session_expired":
      return attempt?.status === "DECLINED"
        ? undefined
        : `but the attempt is ${attempt?.status ?? "unknown"}`;
    case "order_already_paid":
      return truth.kept === null ? "but no payment is held" : undefined;
    case "payment_in_progress":
      return others.length > 0 || attempt !== undefined ? undefined : "but no attempt is open";
    case "order_not_payable": {
      const isClosed = ["CANCELED", "EXPIRED"].includes(truth.status);
      const goesBack = ["VOIDING", "VOIDED"].includes(attempt?.status ?? "");
      if (body["refunding"] === true && !goesBack)
        return `refunding, but the attempt is ${attempt?.status ?? "unknown"}`;
      return isClosed || truth.isOver || goesBack
        ? undefined
        : `but it is ${truth.status} and not expired`;
    }
    case "amount_mismatch":
      if (amount === price) return "but the amount was right";
      return attempt === undefined ? undefined : "but an attempt was stored";
    default:
      return unexpected;
  }
}

function cancelLie({ status, body }: Answer, truth: PaymentTruth): string | undefined {
  if (status === 200) {
    if (body["status"] !== "CANCELED" && body["status"] !== "EXPIRED")
      return truth.isClosing || truth.status !== "READY" ? undefined : "but nothing was done";
    return body["status"] === truth.status ? undefined : `but the payment is ${truth.status}`;
  }
  if (body["code"] !== "order_not_cancelable") return unexpected;
  return truth.kept === null ? "but no payment is held" : undefined;
}

function refundLie(
  { key, amount, hasAccount }: Extract<Requested, { what: "refund" }>,
  { status, body }: Answer,
  truth: PaymentTruth,
): string | undefined {
  const refund = truth.refunds.find((each) => each.key === key);
  const isRefused = refund === undefined || refund.status === "DECLINED";
  const returned = truth.attempts.some(
    (each) => each.status === "VOIDED" || each.status === "VOIDING",
  );
  switch (body["code"] ?? status) {
    case 200:
      // without a refund row, the request provided the account for the return of a deposit
      if (refund === undefined)
        return hasAccount && returned ? undefined : "but there is no refund";
      if (refund.amount !== amount) return `of ${refund.amount}`;
      return refund.status === "DONE" ? undefined : `but the refund is ${refund.status}`;
    case 202:
      return refund !== undefined || returned ? undefined : "but there is no refund";
    case "refund_in_progress":
      return truth.refunds.some((each) => each.key !== key) || returned
        ? undefined
        : "but no other refund is open";
    case "amount_exceeds_balance":
      if (!isRefused) return `but the refund is ${refund.status}`;
      return (truth.kept?.balanceAmount ?? 0) < amount ? undefined : "but it does not";
    case "payment_not_refundable": {
      const isUnpaid = !["DONE", "PARTIAL_CANCELED"].includes(truth.status);
      if (!isRefused) return `but the refund is ${refund.status}`;
      // a stale response can show a deposit as reversed until the next status query
      return isUnpaid || truth.hasChanged || refund !== undefined ? undefined : "but it is";
    }
    case "amount_mismatch":
      return returned ? undefined : "but no deposit is returned";
    default:
      return unexpected;
  }
}
