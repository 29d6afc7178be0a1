import { AppError, type RefundRequestKind, type RefundRequestStatus } from "@payflow/shared";

/** A shopper's request for a refund, and the shop's decision. An order has at most one open request. */
export type RefundRequest = {
  readonly requestId: string;
  /** Counts the order's requests from 1. */
  readonly number: number;
  readonly status: RefundRequestStatus;
  readonly kind: RefundRequestKind;
  /** The shopper's own words; may be empty, and is emptied by erasure. */
  readonly text: string;
  readonly requestedAt: string;
  /** The refund that grants the request. It is stored before payment is called, so that retries make the same one. */
  readonly refund: {
    readonly amount: number;
    /** The order's `refundedAmount` before this refund. */
    readonly refundedBefore: number;
  } | null;
  /** Refused refunds of this request; part of the next refund's key. */
  readonly refusedRefunds: number;
  /** The shop's message to the shopper. */
  readonly answer: string | null;
  readonly decidedAt: string | null;
};

export function isOpenRequest({ status }: RefundRequest): boolean {
  return status === "requested" || status === "granting";
}

/** The refund's idempotency key: retries share it, and a refund after a refusal gets another one. */
export function refundKey({ requestId, refusedRefunds }: RefundRequest): string {
  return `request:${requestId}:${refusedRefunds}`;
}

type Refunded = { readonly refundedAmount: number };
type OfRequest = { readonly refundRequest: RefundRequest | null };

/**
 * Marks an open request as granted once its own refund, or a full refund of the order, is applied. Any other refund
 * counts as its own only if it leads to exactly the same refunded amount.
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

/** Throws AppError `refund_request_not_open` or `refund_request_granting` unless the request waits for a decision. */
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
