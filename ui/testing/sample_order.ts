import type { OrderItem, PaymentSnapshot } from "@payflow/shared";
import type { OrderPage, PaidWith, RefundRequestView } from "../contract.ts";

/** A snapshot of this order's payment, with the next version. */
export function snapshotOf(order: OrderPage, change: Partial<PaymentSnapshot>): PaymentSnapshot {
  const done = change.status === "DONE";
  const waiting = change.status === "WAITING_FOR_DEPOSIT";
  return {
    orderId: order.orderId,
    paymentVersion: (order.payment?.paymentVersion ?? 0) + 1,
    status: "READY",
    amount: order.amount,
    balanceAmount: done ? order.amount : 0,
    refundedAmount: 0,
    currency: "KRW",
    method: done ? "카드" : waiting ? "가상계좌" : null,
    approvedAt: done ? "2026-11-22T03:04:05.000Z" : null,
    receiptUrl: done
      ? "https://dashboard.tosspayments.com/receipt/redirection?transactionId=x"
      : null,
    virtualAccount: waiting
      ? { bankCode: "88", accountNumber: "56211102893746", dueAt: "2099-11-23T14:59:59.000Z" }
      : null,
    refundLimits: null,
    cashReceipt: null,
    isEscrow: false,
    failure: null,
    refunding: false,
    refundMarks: [],
    returnedAmount: 0,
    refundAccountNeeded: false,
    refundDelayed: false,
    ...change,
  };
}

/** An unpaid order that does not expire. */
export function newOrder(quoted: {
  items: readonly OrderItem[];
  amount: number;
  orderName: string;
}): OrderPage {
  const orderId = Bun.randomUUIDv7();
  return {
    ...quoted,
    orderId,
    orderNumber: `1122-${orderId.slice(-4).toUpperCase()}`,
    currency: "KRW",
    status: "PENDING",
    customerName: "김토스",
    customerEmail: "kim@example.com",
    refundedAmount: 0,
    createdAt: "2026-11-22T03:00:00.000Z",
    confirmedAt: null,
    expiresAt: "2099-11-22T03:45:00.000Z",
    payment: null,
  };
}

/** An open refund request. */
export function sampleRefundRequest(change: Partial<RefundRequestView> = {}): RefundRequestView {
  return {
    requestId: "019abc7d-4001-7c3e-9a51-b5d2f0a20001",
    status: "requested",
    kind: "defective",
    text: "스위치 한 개가 눌리지 않습니다.",
    requestedAt: "2026-11-23T01:20:00.000Z",
    answer: null,
    ...change,
  };
}

/** The method, and the card when the order was paid by card. */
export function samplePaidWith({ payment }: OrderPage): PaidWith | undefined {
  if (!payment?.method) return undefined;
  const card = {
    issuer: "61",
    number: "43301234****123*",
    installmentMonths: 0,
    approvalNumber: "00000000",
  };
  return { method: payment.method, card: payment.method === "카드" ? card : null };
}
