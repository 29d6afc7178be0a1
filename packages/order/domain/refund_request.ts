import { AppError, markOf } from "@payflow/shared";
import type { RefundRequestKind, RefundRequestStatus } from "@payflow/shared";

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
  readonly refund: { readonly amount: number } | null;
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

/** Grants an open request once a refund of its own, by its mark, or a full refund of the order is applied. */
export function afterRefund(
  { refundRequest: request }: { readonly refundRequest: RefundRequest | null },
  { status, refundMarks }: { readonly status: string; readonly refundMarks: readonly string[] },
  now: string,
): RefundRequest | null {
  if (request === null || !isOpenRequest(request)) return request;
  // payment may make a refund after it refused the same one to another call
  const tries = [...Array(request.refusedRefunds + 1).keys()];
  const isOwn = (refusedRefunds: number) =>
    refundMarks.includes(markOf(refundKey({ ...request, refusedRefunds })));
  if (status !== "REFUNDED" && !tries.some(isOwn)) return request;
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
