import { AppError, type RefundRequestKind, type RefundRequestStatus } from "@payflow/shared";

/** What a shopper wants to be refunded for, and what the shop made of it; an order has one open request at the most. */
export type RefundRequest = {
  readonly requestId: string;
  /** Of the order's requests, from 1 on. */
  readonly number: number;
  readonly status: RefundRequestStatus;
  readonly kind: RefundRequestKind;
  /** In the shopper's words; empty when nothing was written, or once it was erased. */
  readonly text: string;
  readonly requestedAt: string;
  /** The refund by which it is granted, decided before payment is called; repeated calls make this one. */
  readonly refund: {
    readonly amount: number;
    /** What the order had been refunded before. */
    readonly refundedBefore: number;
  } | null;
  /** Refunds of it that were refused: the next one has a key of its own. */
  readonly refusedRefunds: number;
  /** The shop's sentence for the shopper. */
  readonly answer: string | null;
  readonly decidedAt: string | null;
};

export function isOpenRequest({ status }: RefundRequest): boolean {
  return status === "requested" || status === "granting";
}

/** Payment's key of the refund: one for each try, so that none is made twice and a refused one can be tried anew. */
export function refundKey({ requestId, refusedRefunds }: RefundRequest): string {
  return `request:${requestId}:${refusedRefunds}`;
}

type Refunded = { readonly refundedAmount: number };
type OfRequest = { readonly refundRequest: RefundRequest | null };

/**
 * What a refund makes of an open request: granted once its own refund shows, or all of the money went back. A refund of
 * another sum is another, unless its sum is reached with it.
 */
export function afterRefund(
  { refundRequest: request, refundedAmount: before }: Refunded & OfRequest,
  { status, refundedAmount }: Refunded & { readonly status: string },
  now: string,
): RefundRequest | null {
  if (request === null || !isOpenRequest(request)) return request;
  const { amount = 0, refundedBefore } = request.refund ?? {};
  const isMade = amount > 0 && [before, refundedBefore].includes(refundedAmount - amount);
  if (!isMade && status !== "REFUNDED") return request;
  return { ...request, status: "granted", decidedAt: now };
}

/** Throws AppError `refund_request_not_open` or `refund_request_granting` unless it waits for a decision. */
export function requireUndecided(
  orderId: string,
  request: RefundRequest | null,
): asserts request is RefundRequest {
  if (request?.status === "granting") {
    const text = `The refund that order "${orderId}" was granted is under way`;
    throw new AppError("conflict", "refund_request_granting", text, { retryAfterSeconds: 5 });
  }
  if (request?.status === "requested") return;
  const text = `Order "${orderId}" has no open refund request`;
  throw new AppError("conflict", "refund_request_not_open", text);
}
