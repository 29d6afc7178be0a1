// One checkout, as /openapi.json shows it.

const product = { productId: "dev-tool", name: "프리미엄 개발자 도구", unitPrice: 1000 };
export const productExample = { ...product, currency: "KRW" };

export const orderExample = {
  orderId: "019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f",
  orderName: "프리미엄 개발자 도구",
  amount: 1000,
  currency: "KRW",
  status: "PENDING",
  items: [{ ...product, quantity: 1 }],
  customerName: "김토스",
  customerEmail: "kim@example.com",
  refundedAmount: 0,
  createdAt: "2026-11-22T10:11:12.000Z",
  confirmedAt: null,
  expiresAt: "2026-11-22T10:56:12.000Z",
  checkoutUrl: "https://shop.example/orders/019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f?token=q3d5",
};

export const paymentExample = {
  orderId: orderExample.orderId,
  orderName: orderExample.orderName,
  amount: 1000,
  balanceAmount: 1000,
  currency: "KRW",
  status: "DONE",
  method: "카드",
  approvedAt: "2026-11-22T10:13:40.000Z",
  paymentKey: "tgen_20261122101112abcd1",
  receiptUrl: "https://dashboard.tosspayments.com/receipt/redirection",
  virtualAccount: null,
  failure: null,
  cancels: [],
};

export const refundedExample = {
  ...paymentExample,
  balanceAmount: 600,
  status: "PARTIAL_CANCELED",
  cancels: [
    {
      transactionKey: "090A796806E726BBB929F4A2CA7DB9A7",
      amount: 400,
      reason: "변심",
      canceledAt: "2026-11-23T01:02:03.000Z",
    },
  ],
};
