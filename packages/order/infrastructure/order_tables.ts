import type { OrderItem, OrderStatus, PaymentSnapshot } from "@payflow/shared";

export type OrderRow = {
  id: string;
  version: number;
  status: OrderStatus;
  session_id: string | null;
  order_name: string;
  amount_krw: number;
  currency: "KRW";
  items: readonly OrderItem[];
  customer_name: string;
  customer_email: string;
  refunded_amount_krw: number;
  payment: PaymentSnapshot | null;
  created_at: string;
  confirmed_at: string | null;
  expires_at: string;
  changed_at: string;
};

export type OrderTables = {
  orders: OrderRow;
  idempotency_keys: { scope: string; key: string; request_hash: string; aggregate_id: string };
};
